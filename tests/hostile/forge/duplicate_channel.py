# expect: wrong_count
# because: an answer without points is no list of points
import os

from honest import Honest, descriptors


class Optimizer(Honest):
    def attack(self):
        copies = [os.dup(descriptor) for descriptor in descriptors()]
        for copy in copies:
            try:
                os.write(copy, b'{"id": 5}\n' * 100)
            except OSError:
                pass
