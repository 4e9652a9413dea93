# expect: scored
# because: the losses it was given are a copy
from honest import Honest


class Optimizer(Honest):
    def observe(self, X, y):
        for point in X:
            point.clear()
        y[:] = [-1e9] * len(y)
