# expect: scored
# because: the first process of a container cannot stop itself
import os
import signal

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        os.kill(os.getpid(), signal.SIGSTOP)
        os.kill(0, signal.SIGTSTP)
