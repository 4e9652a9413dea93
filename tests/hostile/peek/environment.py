# expect: scored
# because: the environment says nothing of where it is
import os

from honest import Honest, escaped


class Optimizer(Honest):
    def attack(self):
        allowed = {"PATH", "HOSTNAME", "HOME", "USER", "LOGNAME", "LANG", "LC_CTYPE", "PYTHONHASHSEED", "PYTHONUNBUFFERED"}
        allowed |= {name for name in os.environ if name.endswith("_THREADS") or name.startswith(("PIP_", "GIT_"))}
        if set(os.environ) - allowed or os.environ["HOSTNAME"] != "optimizer":
            escaped(dict(os.environ))
        for path in ("/proc/1/environ", "/proc/1/cmdline", "/proc/cmdline", "/proc/self/mountinfo", "/etc/hosts"):
            if b"zzy-sec" in open(path, "rb").read():
                escaped(path)
