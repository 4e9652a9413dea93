# expect: scored
# because: it cannot change its limits, nor have the kernel run something when it ends
import os

from honest import Honest, must_fail


class Optimizer(Honest):
    def attack(self):
        for folder, _, names in os.walk("/sys/fs/cgroup"):
            must_fail(os.mkdir, os.path.join(folder, "x"))
            for name in names:
                if name in {"release_agent", "notify_on_release", "cgroup.procs", "tasks", "memory.max"} or "limit" in name:
                    must_fail(open, os.path.join(folder, name), "w")
