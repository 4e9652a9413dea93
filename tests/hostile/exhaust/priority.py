# expect: scored
# because: it cannot take a larger share
import os

from honest import Honest, escaped, must_fail


class Optimizer(Honest):
    def attack(self):
        must_fail(os.nice, -20)
        must_fail(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(99))
        must_fail(os.setpriority, os.PRIO_PROCESS, 0, -20)
        before = os.sched_getaffinity(0)
        try:
            os.sched_setaffinity(0, range(1024))
        except OSError:
            pass
        if os.sched_getaffinity(0) != before:
            escaped("another CPU")
