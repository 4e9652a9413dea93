# expect: scored
# because: it leaves no core dump that somebody could read
import os
import resource

from honest import Honest, escaped


class Optimizer(Honest):
    def attack(self):
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE))
            os.abort()
        status = os.waitpid(child, 0)[1]
        if os.WCOREDUMP(status):
            escaped(status)
