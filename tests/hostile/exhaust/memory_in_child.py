# expect: scored
# runsc: out_of_memory process_died
# because: the kernel ends the child, which is the larger one
import os

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        child = os.fork()
        if child == 0:
            taken = []
            while True:
                taken.append(b"x" * 2**20)
        os.waitpid(child, 0)
