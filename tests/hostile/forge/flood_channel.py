# expect: output_flood
# stage: suggest
# iteration: 2
# because: a line has a limit
from honest import Honest, write_everywhere


class Optimizer(Honest):
    def attack(self):
        while True:
            write_everywhere(b"x" * 65536)
