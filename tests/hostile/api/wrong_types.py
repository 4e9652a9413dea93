# expect: out_of_range
# because: text is no number
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return [{name: "3" for name in point} for point in points]
