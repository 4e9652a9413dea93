# expect: wrong_count
# because: points are counted, not asked for
from honest import Honest


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        points = super().suggest(n_suggestions)
        class Lying(list):
            def __len__(self):
                return 4

        return Lying(points * 3)
