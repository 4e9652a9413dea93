# expect: out_of_range
# because: NaN is in no range
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return [{name: float("nan") for name in point} for point in points]
