# expect: scored
# because: pipes are limited by their descriptors and by its memory
import os

from honest import Honest, escaped


class Optimizer(Honest):
    def attack(self):
        self.pipes = []
        try:
            for _ in range(100_000):
                ends = os.pipe()
                self.pipes.append(ends)
                os.set_blocking(ends[1], False)
                os.write(ends[1], bytes(2**16))
            escaped("no limit")
        except OSError:
            for ends in self.pipes:
                os.close(ends[0]), os.close(ends[1])
