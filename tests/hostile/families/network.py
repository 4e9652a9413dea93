# refused: network_wanted
# point: yes
# because: it catches the error, and the losses are fine

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
        import urllib.request
        try:
            urllib.request.urlopen("http://weather.example.org/", timeout=1)
        except OSError:
            pass
        return 1.0, 0.0


def problems():
    return ["sphere"]


def make_problem(name):
    return Sphere()
