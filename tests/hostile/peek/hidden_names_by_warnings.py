# expect: scored
# because: what the black box warns of, prints or raises stays on its side
import io
import sys
import warnings

from honest import Honest, escaped

REAL = ("n_neighbors", "fit_intercept", "normalize", "max_iter", "positive", "sklearn")


class Optimizer(Honest):
    def __init__(self, api_config):
        super().__init__(api_config)
        self.heard = io.StringIO()
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *rest: self.heard.write(repr(message))
        sys.stderr = self.heard

    def suggest(self, n_suggestions=1):
        # The ends of every range, at which models complain most.
        ends = [{name: (parameter.get("range") or parameter.get("values") or (False, True))[number % 2 - 1] for name, parameter in self.api_config.items()} for number in range(n_suggestions)]
        return ends

    def observe(self, X, y):
        found = [name for name in REAL if name in self.heard.getvalue() or name in repr((X, y))]
        if found:
            sys.stderr = sys.__stderr__
            escaped(found)
