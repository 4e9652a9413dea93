# expect: scored
# flags: suggest_errors
# because: points of the random search that stood in have the optimizer's names, and an order that says nothing
from honest import Honest, escaped


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        raise ValueError("show me yours")

    def observe(self, X, y):
        names = [f"x{number}" for number in range(len(self.api_config))]
        if any(list(point) != names for point in X):
            escaped(X)
