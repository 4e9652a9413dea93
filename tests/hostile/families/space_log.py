# refused: space_not_expressible
# point: no
# because: a logarithm of 0

import numpy as np
from bayesmark.sklearn_funcs import TestFunction


class Sphere(TestFunction):
    def __init__(self):
        super().__init__()
        self.api_config = {"good": {"type": "bool"}, "rate": {"type": "real", "space": "log", "range": (0.0, 1.0)}}

    def evaluate(self, params):
        return 1.0, 0.0


def problems():
    return ["sphere"]


def make_problem(name):
    return Sphere()

