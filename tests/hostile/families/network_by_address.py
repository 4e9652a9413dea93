# refused: network_wanted
# point: yes
# because: an address needs no name

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
        import socket
        with socket.socket() as line:
            line.settimeout(1)
            line.connect_ex(("192.0.2.1", 80))
        return 1.0, 0.0


def problems():
    return ["sphere"]


def make_problem(name):
    return Sphere()
