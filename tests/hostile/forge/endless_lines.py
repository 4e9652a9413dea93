# expect: protocol_broken
# because: the first line that is no answer ends it
from honest import Honest, write_everywhere


class Optimizer(Honest):
    def attack(self):
        while True:
            write_everywhere(b"\n")
