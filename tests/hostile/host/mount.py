# expect: scored
# because: it has no capability to mount
import subprocess

from honest import LIBC, Honest, escaped


class Optimizer(Honest):
    def attack(self):
        for kind in (b"tmpfs", b"proc", b"sysfs", b"overlay", b"cgroup"):
            if LIBC.mount(b"none", b"/tmp", kind, 0, None) == 0:
                escaped(kind)
        if LIBC.mount(b"/", b"/tmp", None, 4096, None) == 0 or LIBC.umount2(b"/proc/kcore", 2) == 0:
            escaped("bind mount")
        if LIBC.mount(None, b"/", None, 32 | 4096, None) == 0:
            escaped("a writable root")
        if subprocess.run(["mount", "-t", "tmpfs", "none", "/tmp"], capture_output=True).returncode == 0:
            escaped("the command")
