# expect: out_of_range
# stage: suggest
# because: a point has each parameter once, by the name that the search space gives it
from honest import Honest

REAL = ("n_neighbors", "p", "alpha", "fit_intercept", "normalize", "max_iter", "tol", "positive")


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        return [{**dict.fromkeys(REAL, 1), **point} for point in super().suggest(n_suggestions)]
