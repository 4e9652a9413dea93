# expect: scored
# because: its loopback is its own, and nobody listens there
import socket

from honest import Honest, must_fail


class Optimizer(Honest):
    def attack(self):
        for port in (22, 80, 443, 2375, 5432, 5672, 8000, 8080, 15672, 55432, 55672, 55673):
            must_fail(socket.create_connection, ("127.0.0.1", port), 1)
