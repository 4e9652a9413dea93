# expect: scored
# because: NumPy's numbers are numbers
import numpy as np

from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return [{name: np.asarray(value)[()] for name, value in point.items()} for point in points]
