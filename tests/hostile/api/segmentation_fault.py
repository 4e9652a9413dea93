# expect: process_died
# because: who crashes has ended
import ctypes

from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        ctypes.string_at(0)
        return points
