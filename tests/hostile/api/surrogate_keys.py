# expect: out_of_range
# because: half a character is the name of no parameter
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return [{"\ud800": 1, "\0": 2} for point in points]
