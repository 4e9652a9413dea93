# expect: scored
# flags: observe_errors
# because: it is ignored and counted
from honest import Honest


class Optimizer(Honest):
    def observe(self, X, y):
        raise ValueError("mine")
