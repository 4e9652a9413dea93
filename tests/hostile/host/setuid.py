# expect: scored
# because: it stays who it is
import os
import shutil
import subprocess

from honest import Honest, escaped, must_fail


class Optimizer(Honest):
    def attack(self):
        must_fail(os.setuid, 0)
        must_fail(os.setgid, 0)
        must_fail(os.setgroups, [0])
        must_fail(os.setresuid, 0, 0, 0)
        must_fail(os.chown, "/tmp", 0, 0)
        shutil.copy("/bin/sh", "/tmp/sh")
        os.chmod("/tmp/sh", 0o6755)
        identity = subprocess.run(["/tmp/sh", "-p", "-c", "id -u"], capture_output=True, text=True).stdout.strip()
        if identity == "0" or subprocess.run(["su", "-c", "true"], capture_output=True, stdin=subprocess.DEVNULL).returncode == 0:
            escaped(identity)
