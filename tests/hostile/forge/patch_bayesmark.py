# expect: scored
# because: the study is run by another process's bayesmark
import bayesmark.abstract_optimizer
import bayesmark.experiment
import bayesmark.space

from honest import Honest, escaped


class Optimizer(Honest):
    def attack(self):
        bayesmark.experiment.run_study = lambda *_, **__: escaped("it ran here")
        bayesmark.space.JointSpace.validate = lambda *_, **__: None
        bayesmark.abstract_optimizer.AbstractOptimizer.__init__ = lambda *_: None
