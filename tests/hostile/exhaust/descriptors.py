# expect: scored
# because: open files are limited
from honest import Honest, escaped


class Optimizer(Honest):
    def attack(self):
        self.files = []
        try:
            for _ in range(100_000):
                self.files.append(open("/dev/null"))
            escaped("no limit")
        except OSError:
            self.files.clear()
