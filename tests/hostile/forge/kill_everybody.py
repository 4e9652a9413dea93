# expect: scored
# because: there is nobody else to kill
import os
import signal

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass
