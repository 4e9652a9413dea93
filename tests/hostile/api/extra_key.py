# expect: out_of_range
# because: a point has no other parameter
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return [{**point, "random_state": 0} for point in points]
