# expect: scored
# runsc: process_died out_of_memory
# because: at the limit of processes no more are made, and all end with the study
import os
import time

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        try:
            while True:
                if os.fork() == 0:
                    while True:
                        try:
                            os.fork()
                        except OSError:
                            time.sleep(0.01)
        except BlockingIOError:
            pass
