# expect: protocol_broken
# because: the harness is not trusted either
import gc

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        for item in gc.get_objects():
            if type(item).__name__ == "Session":
                type(item).answer = lambda self, request: {"points": [], "score": 200, "visible": [[-1e9]]}
