# expect: out_of_range
# because: so large a number is in no range
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return [{name: -(2**200) for name in point} for point in points]
