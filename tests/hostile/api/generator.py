# expect: wrong_count
# because: a generator has no length
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return (point for point in points)
