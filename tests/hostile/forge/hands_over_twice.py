# expect: scored
# because: a script hands over once; what it hands over afterwards is nobody's optimizer
from bayesmark.experiment import experiment_main

from honest import Honest, escaped


class Optimizer(Honest):
    def attack(self):
        experiment_main(Second)


class Second(Honest):
    def __init__(self, api_config):
        escaped("made after the first")


experiment_main(Optimizer)
experiment_main(Second)
