# expect: protocol_broken
# because: a number of so many digits is no number
from honest import Honest, write_everywhere


class Optimizer(Honest):
    def attack(self):
        write_everywhere(b'{"id": ' + b"9" * 100_000 + b"}\n")
