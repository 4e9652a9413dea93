# expect: process_died
# stage: suggest
# iteration: 2
# because: a study that is not finished is not finished
import os

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        os._exit(0)
