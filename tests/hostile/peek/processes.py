# expect: scored
# because: it is alone in its process namespace
import os

from honest import Honest, escaped, must_fail


class Optimizer(Honest):
    def attack(self):
        others = [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
        if others or os.getpid() != 1:
            escaped(others)
        must_fail(os.kill, 2, 0)
