# expect: out_of_range
# because: a list is no point
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return [list(point.values()) for point in points]
