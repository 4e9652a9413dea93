# expect: scored
# because: the harness was told two sizes, a seed, the search space, how much to suggest and the losses, and nothing else
import gc
import sys

from bayesmark.experiment import experiment_main

from honest import Honest, escaped

TOLD = {"id", "do", "api_config", "seed", "n_suggestions", "points", "losses", "zip_bytes", "unpacked_limit_bytes"}
OWN = {"_answers", "_factory", "_handed_over", "_keywords", "_optimizer", "_suggested"}


class Optimizer(Honest):
    def attack(self):
        session = next(cell.cell_contents for cell in experiment_main.__closure__).func.__self__
        if set(vars(session)) - OWN:
            escaped(vars(session))
        frame = sys._getframe()
        while frame is not None:
            request = frame.f_locals.get("request")
            if isinstance(request, dict) and set(request) - TOLD:
                escaped(request)
            frame = frame.f_back
        for item in gc.get_objects():
            if type(item) is dict and "do" in item and set(item) - TOLD:
                escaped(item)


experiment_main(Optimizer)
