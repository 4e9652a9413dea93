# expect: protocol_broken
# because: nothing so deep is parsed
from honest import Honest, write_everywhere


class Optimizer(Honest):
    def attack(self):
        write_everywhere(b"[" * 100_000 + b"\n")
