# expect: out_of_memory
# runsc: out_of_memory process_died
# because: memory that is shared counts as well
import mmap

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        self.mapped = mmap.mmap(-1, 2**32)
        for page in range(0, 2**32, 4096):
            self.mapped[page] = 1
