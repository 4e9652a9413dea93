# expect: scored
# because: standard output is its log, which nobody reads as a result
import json
import sys

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        result = {"finished": {"visible": [[-1e9] * 4] * 4, "generalization": [[-1e9] * 4] * 4}}
        for stream in (sys.stdout, sys.stderr, sys.__stdout__):
            print(json.dumps(result), file=stream, flush=True)
            print(json.dumps({"id": 0, "verdict": "scored", "score": 200}), file=stream, flush=True)
