# refused: process_ended
# point: yes
# because: an exit takes the container with it

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
        import os
        os._exit(3)


def problems():
    return ["sphere"]


def make_problem(name):
    return Sphere()
