# expect: scored
# because: no frame and no object knows more than the search space and the losses
import gc
import sys

from honest import Honest, escaped

FORBIDDEN = {"visible", "generalization", "dataset", "competition", "submission_id", "box_id", "blob_sha256", "metric", "names_seed"}


class Optimizer(Honest):
    def attack(self):
        frame = sys._getframe()
        while frame is not None:
            if FORBIDDEN & set(frame.f_locals):
                escaped(frame.f_locals)
            frame = frame.f_back
        for item in gc.get_objects():
            if type(item) is dict and {"do", "id"} <= set(map(str, item)):
                if not set(item) <= {"do", "id", "n_suggestions", "points", "losses", "api_config", "seed"}:
                    escaped(item)
