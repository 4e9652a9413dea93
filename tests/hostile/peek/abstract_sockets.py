# expect: scored
# because: the next study's network namespace is another
import os
import signal
import socket

from honest import NOTE, Honest, must_fail


class Optimizer(Honest):
    def attack(self):
        must_fail(socket.socket(socket.AF_UNIX).connect, "\0" + NOTE)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind("\0" + NOTE)
        listener.listen()
        if os.fork() == 0:
            os.setsid()
            signal.pause()
