# expect: scored
# runsc: scored out_of_memory
# because: its folders have a number of files
from honest import Honest, escaped


class Optimizer(Honest):
    def attack(self):
        try:
            for number in range(10**6):
                open("/tmp/%d" % number, "x").close()
            escaped("no limit")
        except OSError:
            pass
