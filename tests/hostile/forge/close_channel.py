# expect: process_died
# because: the harness cannot answer any more, and ends
import os

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        os.closerange(0, 1024)
