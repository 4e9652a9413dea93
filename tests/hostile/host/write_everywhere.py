# expect: scored
# runsc: process_died
# because: its root is read-only
import os

from honest import Honest, must_fail


class Optimizer(Honest):
    def attack(self):
        for folder, folders, names in os.walk("/"):
            if folder.startswith(("/proc", "/sys", "/tmp", "/submission", "/dev/shm", "/dev/mqueue", "/dev/pts")):
                folders.clear()
                continue
            must_fail(open, os.path.join(folder, "x"), "w")
            for name in names[:3]:
                if folder != "/dev":
                    must_fail(open, os.path.join(folder, name), "a")
            must_fail(os.chmod, folder, 0o777)
