# expect: scored
# flags: suggest_errors
# because: random search takes over for that iteration
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        raise ValueError("mine")
