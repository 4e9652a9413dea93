# expect: scored
# because: threads count as processes
import threading
import time

from honest import Honest, escaped


class Optimizer(Honest):
    def attack(self):
        try:
            for _ in range(100_000):
                threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
            escaped("no limit")
        except RuntimeError:
            pass
