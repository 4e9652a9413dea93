# expect: out_of_memory
# runsc: out_of_memory process_died
# stage: load
# because: the kernel ends what takes more than its share
from honest import Honest

TAKEN = []
while True:
    TAKEN.append(b"x" * 2**20)


class Optimizer(Honest):
    pass
