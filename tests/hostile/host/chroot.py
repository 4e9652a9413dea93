# expect: scored
# because: it cannot change its root
import os

from honest import Honest, must_fail, must_not_call


class Optimizer(Honest):
    def attack(self):
        must_fail(os.chroot, "/tmp")
        must_not_call(155, b"/tmp", b"/tmp")  # pivot_root
