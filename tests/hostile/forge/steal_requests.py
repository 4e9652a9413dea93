# expect: scored
# flags: timed_out
# because: a request that it keeps from the harness is never answered
import sys
import threading

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        threading.Thread(target=sys.stdin.buffer.read, daemon=True).start()
        sys.stdin.buffer.read()
