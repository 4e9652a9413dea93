# expect: scored
# flags: suggest_errors
# because: a recursion too deep is an exception
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return self.suggest(n_suggestions)
