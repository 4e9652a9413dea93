# expect: out_of_range
# because: names of parameters are text
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return [{number: value for number, value in enumerate(point.values())} for point in points]
