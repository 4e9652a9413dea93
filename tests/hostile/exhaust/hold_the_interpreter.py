# expect: scored
# flags: timed_out
# because: the clock is not in its process
import re

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        re.match(r"(a+)+$", "a" * 60 + "b")
