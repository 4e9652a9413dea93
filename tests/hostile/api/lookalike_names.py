# expect: out_of_range
# stage: suggest
# because: a name that only looks like a parameter's is none
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        return [{name.replace("x", "\u0445"): value for name, value in point.items()} for point in super().suggest(n_suggestions)]
