# expect: protocol_broken
# logs: attempt failed, attempt ended without a result
# because: two times it might be a lost connection, three times it is not
import os
import time

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        os.closerange(0, 1024)
        time.sleep(600)
