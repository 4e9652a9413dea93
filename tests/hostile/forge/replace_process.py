# expect: scored
# flags: timed_out
# because: what does not answer is cut off
import os

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        os.execv("/bin/sleep", ["sleep", "600"])
