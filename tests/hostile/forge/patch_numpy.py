# expect: scored
# because: what it patches is its own process's numpy alone
import numpy as np

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        np.min = np.nanmin = np.mean = lambda *_, **__: -1e9
        np.isfinite = lambda *_, **__: True
        np.ndarray = float
