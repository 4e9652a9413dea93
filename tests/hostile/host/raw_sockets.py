# expect: scored
# because: it cannot craft packets
import socket

from honest import Honest, must_fail


class Optimizer(Honest):
    def attack(self):
        must_fail(socket.socket, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        must_fail(socket.socket, socket.AF_INET6, socket.SOCK_RAW, 58)
        must_fail(socket.socket, socket.AF_PACKET, socket.SOCK_RAW, 3)
        must_fail(socket.socket, socket.AF_VSOCK, socket.SOCK_STREAM)
