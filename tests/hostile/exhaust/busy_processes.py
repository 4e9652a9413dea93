# expect: scored
# because: in the background it has a small share of its own CPU
import os

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        for _ in range(16):
            if os.fork() == 0:
                while True:
                    pass
