# refused: not_finite
# point: yes
# because: a NaN is no loss, and the first point is where both parameters are lowest

import numpy as np
from bayesmark.sklearn_funcs import TestFunction


class Sphere(TestFunction):
    def __init__(self):
        super().__init__()
        self.api_config = {
            "x": {"type": "real", "space": "linear", "range": (-1.0, 1.0)},
            "n": {"type": "int", "space": "linear", "range": (0, 3)},
        }

    def evaluate(self, params):
        return (np.nan if params["n"] == 0 else 1.0), 0.0


def problems():
    return ["sphere"]


def make_problem(name):
    return Sphere()
