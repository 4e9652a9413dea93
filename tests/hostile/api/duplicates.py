# expect: scored
# because: the same point twice is two points
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return [points[0]] * len(points)
