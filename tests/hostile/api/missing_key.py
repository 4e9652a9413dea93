# expect: out_of_range
# because: a point has every parameter
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return [dict(list(point.items())[1:]) for point in points]
