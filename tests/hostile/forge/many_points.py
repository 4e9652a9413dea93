# expect: wrong_count
# stage: suggest
# iteration: 1
# because: they are counted before they are looked at
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return [{}] * 20_000
