# expect: scored
# flags: timed_out
# because: what does not answer is cut off
import os
import time

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        os.closerange(0, 1024)
        time.sleep(600)
