# expect: wrong_count
# because: it is asked for a number of points
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return []
