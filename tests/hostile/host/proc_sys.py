# expect: scored
# because: /proc/sys is read-only
from honest import Honest, must_fail


class Optimizer(Honest):
    def attack(self):
        for path in ("kernel/core_pattern", "kernel/hostname", "vm/overcommit_memory", "fs/binfmt_misc/register", "kernel/modprobe"):
            must_fail(open, "/proc/sys/" + path, "w")
        for path in ("/proc/sysrq-trigger", "/proc/kcore", "/proc/kmsg", "/proc/1/root/etc/shadow", "/proc/irq/0/smp_affinity"):
            must_fail(open, path, "r+b")
        must_fail(open, "/proc/acpi/x")
