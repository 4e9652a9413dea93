# expect: scored
# because: the model is trained and scored elsewhere
import sklearn.base
import sklearn.metrics
import sklearn.model_selection

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        sklearn.model_selection.cross_val_score = lambda *_, **__: [-1e9] * 5
        sklearn.metrics.get_scorer = lambda *_: lambda *_: 1e9
        sklearn.base.BaseEstimator.fit = lambda self, *_: self
