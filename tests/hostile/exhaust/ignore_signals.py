# expect: scored
# flags: timed_out
# because: it is not asked
import signal
import time

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        time.sleep(600)
