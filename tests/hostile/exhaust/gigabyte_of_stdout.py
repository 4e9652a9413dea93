# expect: output_flood
# stage: suggest
# iteration: 2
# because: a log has a limit
import os

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        for _ in range(2**14):
            os.write(1, b"x" * 2**16 + b"\n")
