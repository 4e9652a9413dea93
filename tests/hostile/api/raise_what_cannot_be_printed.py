# expect: scored
# flags: suggest_errors
# because: an exception's text is its own affair
from honest import Honest


class Unprintable(Exception):
    def __str__(self):
        raise Unprintable

    __repr__ = __str__


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        raise Unprintable
