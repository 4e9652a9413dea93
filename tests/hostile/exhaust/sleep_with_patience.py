# expect: scored
# flags: timed_out
# because: time adds up over a study
import time

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        Honest.suggest = lambda self, n_suggestions: time.sleep(600)
        time.sleep(1.5)
