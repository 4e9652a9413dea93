# expect: scored
# runsc: process_died
# because: not by clone, either
import ctypes
import os
import subprocess

from honest import LIBC, Honest, escaped, must_not_call


class Optimizer(Honest):
    def attack(self):
        child = LIBC.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)
        if child == 0:
            os._exit(0)
        if child > 0:
            escaped(child)
        must_not_call(435, ctypes.create_string_buffer(64), 64)  # clone3
        if subprocess.run(["unshare", "--user", "--map-root-user", "id"], capture_output=True).returncode == 0:
            escaped("the command")
