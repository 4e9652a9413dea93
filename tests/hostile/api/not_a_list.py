# expect: wrong_count
# because: a point is no list of points
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return points[0]
