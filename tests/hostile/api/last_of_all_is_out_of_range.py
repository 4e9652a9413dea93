# expect: out_of_range
# stage: suggest
# iteration: 4
# because: every point is checked before any is evaluated
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        if self.calls == 4:
            points[-1] = {name: 1e9 for name in points[-1]}
        return points
