# expect: out_of_range
# because: what is not among the values is outside the search space
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return [{name: "maybe" if isinstance(value, bool) else value for name, value in point.items()} | ({} if any(isinstance(value, bool) for value in point.values()) else {min(point): "maybe"}) for point in points]
