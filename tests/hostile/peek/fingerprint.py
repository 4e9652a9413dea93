# expect: scored
# alike: yes
# because: in every black box the same things are to be seen, but for the search space and the losses
import os
import resource
import socket
import sys

from honest import Honest

OF_THE_SLOT = ("Uid", "Gid", "Groups", "Cpus_allowed", "Mems_allowed", "Vm", "Rss", "voluntary", "nonvoluntary", "Hugetlb", "Ngid", "Sig", "Shd")


class Optimizer(Honest):
    def attack(self):
        print(sorted(os.environ.items()), socket.gethostname(), os.getpid(), os.getppid(), os.getcwd(), sys.argv, sys.orig_argv)
        print(sorted(sys.modules), sorted(os.listdir("/proc/self/fd")), sorted(os.listdir("/dev")), sorted(os.listdir("/tmp")))
        print(sorted(os.path.join(folder, name) for folder, _, names in os.walk("/submission") for name in names))
        print([resource.getrlimit(limit) for limit in range(16)], open("/proc/1/cmdline").read().split("\0"))
        print([line for line in open("/proc/self/status").read().split("\n") if not line.startswith(OF_THE_SLOT)])
        print(sorted(line.split()[1:3] for line in open("/proc/self/mounts")))
