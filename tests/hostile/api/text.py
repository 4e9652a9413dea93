# expect: wrong_count
# because: text is no list of points
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return "abcd"
