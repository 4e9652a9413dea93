# expect: scored
# flags: suggest_errors
# because: what pretends to be an array is asked, and its exception is one in suggest
from honest import Honest


class Lying:
    ndim = 0

    def item(self):
        raise KeyError("mine")


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        return [{name: Lying() for name in point} for point in super().suggest(n_suggestions)]
