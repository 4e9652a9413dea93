# expect: scored
# because: parameters are called x0, x1 and so on wherever they are to be seen
import gc
import os
import sys

from bayesmark.space import JointSpace
from honest import Honest, escaped

KEYS = {"type", "space", "range", "values"}
REAL = {"n_neighbors", "alpha", "fit_intercept", "normalize", "max_iter", "tol", "positive"}


class Optimizer(Honest):
    def __init__(self, api_config):
        super().__init__(api_config)
        self.names = [f"x{number}" for number in range(len(api_config))]
        if list(api_config) != self.names or JointSpace(api_config).param_list != self.names:
            escaped(("the order or the names", api_config))
        if any(set(parameter) - KEYS for parameter in api_config.values()):
            escaped(("more than the space", api_config))

    def attack(self):
        if REAL & set(repr((self.api_config, sys.argv, sys.orig_argv, dict(os.environ))).split("'")):
            escaped("a name in the space, the arguments or the environment")
        frame = sys._getframe()
        while frame is not None:
            for value in frame.f_locals.values():
                if isinstance(value, dict) and REAL & set(map(str, value)):
                    escaped(value)
            frame = frame.f_back
        for item in gc.get_objects():
            if type(item) is dict and REAL & set(map(str, item)) and all(type(value) is dict and "type" in value for value in item.values()):
                escaped(item)
