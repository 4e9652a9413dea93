# expect: scored
# because: __main__ is its own script, and what it changes there is its own
import sys

from bayesmark.experiment import experiment_main

from honest import Honest, escaped


class Optimizer(Honest):
    def attack(self):
        main = sys.modules["__main__"]
        if main.Optimizer is not Optimizer or hasattr(main, "Session"):
            escaped(vars(main))
        vars(main).clear()


if __name__ == "__main__":
    experiment_main(Optimizer)
