# expect: scored
# because: nothing is read after the last answer
import atexit
import os

from honest import Honest, write_everywhere


class Optimizer(Honest):
    def attack(self):
        atexit.register(write_everywhere, b'{"finished": {"visible": [[-1e9]]}}\n')
        atexit.register(os._exit, 0)
