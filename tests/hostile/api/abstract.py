# expect: constructor_raised
# because: an abstract class cannot be constructed
from bayesmark.abstract_optimizer import AbstractOptimizer


class Optimizer(AbstractOptimizer):
    pass
