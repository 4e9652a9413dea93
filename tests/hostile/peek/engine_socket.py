# expect: scored
# because: nothing of the host is mounted
import os
import socket

from honest import Honest, escaped, must_fail


class Optimizer(Honest):
    def attack(self):
        for path in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/var/lib/docker"):
            if os.path.exists(path):
                escaped(path)
            must_fail(socket.socket(socket.AF_UNIX).connect, path)
