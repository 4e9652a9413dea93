# expect: scored
# because: it has none and gets none
from honest import LIBC, Honest, escaped


class Optimizer(Honest):
    def attack(self):
        for line in open("/proc/self/status"):
            if line.startswith(("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) and int(line.split()[1], 16):
                escaped(line)
        for capability in range(41):
            if LIBC.prctl(47, 2, capability, 0, 0) == 0:  # PR_CAP_AMBIENT_RAISE
                escaped(capability)
