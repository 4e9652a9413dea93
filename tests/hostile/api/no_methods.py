# expect: scored
# flags: suggest_errors observe_errors
# because: what is missing raises at every iteration
from bayesmark.abstract_optimizer import AbstractOptimizer


class Optimizer(AbstractOptimizer):
    suggest = observe = None
