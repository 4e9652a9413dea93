# expect: process_died
# because: who aborts has ended
import os

from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        os.abort()
