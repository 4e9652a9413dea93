# expect: out_of_range
# because: a thing that holds itself is no value
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        loop = []
        loop.append(loop)
        points[0]["self"] = points[0]
        return [{name: loop for name in point} for point in points]
