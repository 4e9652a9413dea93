# expect: protocol_broken
# stage: suggest
# iteration: 2
# because: what is written between the harness's lines spoils them
from honest import Honest, write_everywhere


class Optimizer(Honest):
    def attack(self):
        write_everywhere(b'{"id": 4, "points": [')
