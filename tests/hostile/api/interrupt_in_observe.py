# expect: process_died
# stage: observe
# iteration: 1
# because: what no optimizer should raise ends the process
from honest import Honest


class Optimizer(Honest):
    def observe(self, X, y):
        raise KeyboardInterrupt
