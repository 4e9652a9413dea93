# refused: space_not_expressible
# point: no
# because: there is nothing to tune

import numpy as np
from bayesmark.sklearn_funcs import TestFunction


class Sphere(TestFunction):
    def __init__(self):
        super().__init__()
        self.api_config = {}

    def evaluate(self, params):
        return 1.0, 0.0


def problems():
    return ["sphere"]


def make_problem(name):
    return Sphere()

