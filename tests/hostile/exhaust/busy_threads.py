# expect: scored
# because: in the background it has a small share of its own CPU
import hashlib
import threading

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        def spin():
            while True:
                hashlib.sha256(bytes(2**20)).digest()

        for _ in range(8):
            threading.Thread(target=spin, daemon=True).start()
