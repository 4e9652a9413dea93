# expect: scored
# because: there is no process of anybody else to look into
from honest import Honest, must_fail, must_not_call


class Optimizer(Honest):
    def attack(self):
        for process in (2, 3, 1000):
            must_not_call(101, 16, process, 0, 0)  # PTRACE_ATTACH
            must_not_call(310, process, None, 0, None, 0, 0)  # process_vm_readv
            must_fail(open, "/proc/%d/mem" % process, "rb")
