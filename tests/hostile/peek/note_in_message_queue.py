# expect: scored
# because: POSIX queues belong to the IPC namespace, too
import os

from honest import LIBC, NOTE, Honest, escaped


class Optimizer(Honest):
    def attack(self):
        name = ("/" + NOTE).encode()
        if LIBC.mq_open(name, os.O_RDWR) >= 0:
            escaped("a note of another study")
        LIBC.mq_open(name, os.O_RDWR | os.O_CREAT, 0o666, None)
