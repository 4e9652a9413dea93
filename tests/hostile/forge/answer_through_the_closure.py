# expect: protocol_broken
# because: who finds the harness behind experiment_main finds what it could write anyway, and its number is wrong
from bayesmark.experiment import experiment_main

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        session = next(cell.cell_contents for cell in experiment_main.__closure__).func.__self__
        session.send(10_000, {"points": [], "facts": {"visible": [[-1e9]]}})


experiment_main(Optimizer)
