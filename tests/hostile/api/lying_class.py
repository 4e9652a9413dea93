# expect: scored
# flags: suggest_errors
# because: what cannot become a number is an exception in suggest, and random search takes over
from honest import Honest


class Lying:
    @property
    def __class__(self):
        return float


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        return [{name: Lying() for name in point} for point in super().suggest(n_suggestions)]
