# expect: out_of_range
# because: a function is no value
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return [{name: lambda: 3 for name in point} for point in points]
