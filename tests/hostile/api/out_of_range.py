# expect: out_of_range
# because: a range has ends
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return [{name: 1e9 for name in point} for point in points]
