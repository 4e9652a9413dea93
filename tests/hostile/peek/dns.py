# expect: scored
# because: no name is resolved
import socket

from honest import Honest, must_fail


class Optimizer(Honest):
    def attack(self):
        for name in ("example.org", "rabbitmq", "postgres", "gateway", "host.docker.internal", "metadata.google.internal"):
            must_fail(socket.getaddrinfo, name, 80)
