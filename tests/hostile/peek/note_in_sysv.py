# expect: scored
# because: its IPC namespace is its own
from honest import LIBC, Honest, escaped


class Optimizer(Honest):
    def attack(self):
        key, create = 0x41524E41, 0o1666
        if min(LIBC.shmget(key, 4096, 0), LIBC.msgget(key, 0), LIBC.semget(key, 1, 0)) >= 0:
            escaped("a note of another study")
        LIBC.shmget(key, 4096, create), LIBC.msgget(key, create), LIBC.semget(key, 1, create)
