# expect: process_died
# stage: suggest
# iteration: 1
# because: what no optimizer should raise ends the process
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        raise BaseException("mine")
