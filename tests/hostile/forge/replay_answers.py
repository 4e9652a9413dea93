# expect: protocol_broken
# stage: suggest
# iteration: 2
# because: an answer belongs to one request
import json
import os

from honest import Honest

written = []
really_write = os.write


def remember(descriptor, data):
    written.append((descriptor, bytes(data)))
    return really_write(descriptor, data)


os.write = remember


class Optimizer(Honest):
    """Says again what the harness said of an earlier batch."""

    def attack(self):
        for descriptor, data in written:
            if json.loads(data).get("points"):
                really_write(descriptor, data)
