# expect: scored
# because: they are its own suggestions: each is checked and evaluated as any other
import json
import os
import time

from bayesmark.random_search import suggest_dict
from honest import Honest, descriptors


class Optimizer(Honest):
    """Takes the harness's place: answers every request before it is asked."""

    def __init__(self, api_config):
        super().__init__(api_config)
        points = json.loads(json.dumps(suggest_dict([], [], api_config, n_suggestions=4), default=lambda v: v.item()))
        lines = [{"id": 2}] + [{"id": number, "points": points} for number in range(3, 11)]
        data = "".join(json.dumps(line) + "\n" for line in lines).encode()
        for descriptor in descriptors():
            try:
                os.write(descriptor, data)
            except OSError:
                pass
        time.sleep(600)
