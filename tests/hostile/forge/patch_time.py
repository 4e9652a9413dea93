# expect: scored
# flags: timed_out
# because: time is measured on the runner's clock
import time
from time import sleep

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        time.time = time.monotonic = time.perf_counter = time.process_time = lambda: 0.0
        sleep(600)
