# expect: scored
# flags: timed_out
# because: what is no end of suggestions is cut off
import time

from honest import Honest


class Endless(list):
    def __iter__(self):
        while True:
            time.sleep(0.01)
            yield {}


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        return Endless(super().suggest(n_suggestions))
