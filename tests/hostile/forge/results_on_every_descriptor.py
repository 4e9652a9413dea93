# expect: protocol_broken
# stage: suggest
# iteration: 2
# because: a result is no answer
import json

from honest import Honest, write_everywhere


class Optimizer(Honest):
    def attack(self):
        write_everywhere(json.dumps({"finished": {"visible": [[-1e9] * 4] * 4}}).encode() + b"\n")
