# expect: scored
# because: a loss is one number, and there is one for each suggestion
from honest import Honest, escaped


class Optimizer(Honest):
    def observe(self, X, y):
        if len(X) != 4 or len(y) != 4 or not all(type(loss) is float for loss in y):
            escaped((X, y))
