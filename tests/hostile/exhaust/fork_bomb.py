# expect: protocol_broken
# runsc: process_died out_of_memory
# because: at the limit of processes all of them answer at once
import os

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        while True:
            os.fork()
