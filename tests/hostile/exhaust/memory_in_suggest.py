# expect: out_of_memory
# runsc: out_of_memory process_died
# stage: suggest
# iteration: 2
# because: the kernel ends what takes more than its share
from honest import Honest


class Optimizer(Honest):
    def attack(self):
        self.taken = []
        while True:
            self.taken.append(b"x" * 2**20)
