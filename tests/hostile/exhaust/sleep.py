# expect: scored
# flags: timed_out
# because: it is cut off, and the best that it found counts
import time

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        time.sleep(600)
