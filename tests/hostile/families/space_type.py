# refused: space_not_expressible
# point: no
# because: Bayesmark has no such type

import numpy as np
from bayesmark.sklearn_funcs import TestFunction


class Sphere(TestFunction):
    def __init__(self):
        super().__init__()
        self.api_config = {"good": {"type": "bool"}, "angle": {"type": "periodic", "range": (0.0, 360.0)}}

    def evaluate(self, params):
        return 1.0, 0.0


def problems():
    return ["sphere"]


def make_problem(name):
    return Sphere()

