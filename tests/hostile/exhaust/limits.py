# expect: scored
# runsc: process_died
# because: it cannot raise its limits
import resource

from honest import Honest, escaped, must_fail


class Optimizer(Honest):
    def attack(self):
        for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
            must_fail(resource.setrlimit, limit, (2**40, 2**40))
        with open("/proc/self/oom_score_adj") as file:
            before = int(file.read())
        try:
            with open("/proc/self/oom_score_adj", "w") as file:
                file.write("-1000")
            escaped("it is the last to be killed")
        except OSError:
            pass
