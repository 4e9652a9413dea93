# expect: process_died
# logs: attempt failed, attempt ended without a result
# because: two times it might be the host's doing, three times it is not
import os

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        os._exit(137)
