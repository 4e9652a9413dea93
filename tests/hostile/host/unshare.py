# expect: scored
# because: it gets no namespaces of its own
import os

from honest import Honest, must_fail, must_not_call


class Optimizer(Honest):
    def attack(self):
        for kind in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x7E020000):
            must_not_call(272, kind)
        for name in ("uid_map", "gid_map"):
            must_fail(os.write, os.open("/proc/self/" + name, os.O_WRONLY), b"0 0 1\n")
