# expect: scored
# because: children that nobody waits for count, too
import os

from honest import Honest, escaped


class Optimizer(Honest):
    def attack(self):
        try:
            for _ in range(100_000):
                if os.fork() == 0:
                    os._exit(0)
            escaped("no limit")
        except BlockingIOError:
            pass
