# expect: out_of_range
# because: so many digits are in no range
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return [{name: 10**5000 for name in point} for point in points]
