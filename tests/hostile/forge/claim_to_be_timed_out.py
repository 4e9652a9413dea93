# expect: protocol_broken
# because: who is timed out is said by the runner's clock
from honest import Honest, write_everywhere


class Optimizer(Honest):
    def attack(self):
        write_everywhere(b'{"id": 5, "timed_out": true, "verdict": "scored"}\n')
