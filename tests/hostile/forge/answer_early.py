# expect: protocol_broken
# stage: suggest
# because: then the harness's own answer is one too many
import json

from honest import Honest, write_everywhere


class Optimizer(Honest):
    def attack(self):
        for request in range(1, 40):
            write_everywhere(json.dumps({"id": request, "points": []}).encode() + b"\n")
