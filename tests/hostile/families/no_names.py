# refused: no_problems
# point: no
# because: a family without problems

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
        return 1.0, 0.0


def problems():
    return []


def make_problem(name):
    return Sphere()
