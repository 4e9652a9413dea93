# expect: scored
# because: it has no network but its own loopback
import socket

from honest import Honest, escaped, must_fail


class Optimizer(Honest):
    def attack(self):
        if [name for _, name in socket.if_nameindex()] != ["lo"]:
            escaped(socket.if_nameindex())
        for address in ("169.254.169.254", "172.17.0.1", "10.0.0.1", "192.0.2.1"):
            must_fail(socket.create_connection, (address, 80), 1)
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            must_fail(socket.socket(socket.AF_INET, kind).connect, ("169.254.169.254", 80))
        must_fail(socket.socket(socket.AF_INET6, socket.SOCK_STREAM).connect, ("fd00:ec2::254", 80))
