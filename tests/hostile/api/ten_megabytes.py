# expect: output_flood
# because: an answer has a limit
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        return [{name: "x" * 10**7 for name in point} for point in points]
