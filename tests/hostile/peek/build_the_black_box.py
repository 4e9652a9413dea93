# expect: scored
# because: it cannot evaluate anything by itself
from bayesmark.sklearn_funcs import SklearnModel

from honest import Honest, must_fail


class Optimizer(Honest):
    def attack(self):
        for dataset in ("iris", "diabetes"):
            must_fail(SklearnModel, "DT", dataset, "acc")
