# expect: protocol_broken
# stage: suggest
# iteration: 2
# because: the harness then says what is no answer
import json

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        json.dumps = lambda *_, **__: '{"finished": {"visible": [[-1e9]], "generalization": [[-1e9]]}}'
