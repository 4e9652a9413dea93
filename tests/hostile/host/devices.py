# expect: scored
# runsc: process_died
# because: it makes no devices and finds none that matter
import os
import stat

from honest import Honest, escaped, must_fail


class Optimizer(Honest):
    def attack(self):
        for kind in (stat.S_IFBLK, stat.S_IFCHR):
            must_fail(os.mknod, "/tmp/device", 0o666 | kind, os.makedev(8, 0))
        harmless = {"null", "zero", "full", "random", "urandom", "tty", "console", "ptmx", "pts", "shm", "mqueue", "core", "fd"}
        if found := set(os.listdir("/dev")) - harmless - {"stdin", "stdout", "stderr"}:
            escaped(found)
