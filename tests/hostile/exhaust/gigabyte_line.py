# expect: output_flood
# stage: suggest
# iteration: 2
# because: a log has a limit, and lines mean nothing to it
import os

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        for _ in range(2**14):
            os.write(2, b"x" * 2**16)
