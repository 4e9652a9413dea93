# expect: process_died
# because: who exits has ended
import sys

from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        sys.exit(0)
