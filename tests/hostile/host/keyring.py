# expect: scored
# because: the kernel's keys are out of reach
import os

from honest import Honest, escaped, must_not_call


class Optimizer(Honest):
    def attack(self):
        must_not_call(250, 1, 0)  # keyctl: a session of its own
        must_not_call(250, 11, -3, None, 0)
        if os.path.exists("/proc/keys") and open("/proc/keys").read():
            escaped("keys")
