# expect: scored
# because: /dev/shm is its own
from multiprocessing.shared_memory import SharedMemory

from honest import NOTE, Honest, must_fail


class Optimizer(Honest):
    def attack(self):
        must_fail(open, "/dev/shm/" + NOTE)
        with open("/dev/shm/" + NOTE, "w") as file:
            file.write("what I know")
        SharedMemory("x" + NOTE, create=True, size=1024)
