"""What the hostile optimizers build on: an honest random search. It is in every zip of the set, as `honest.py`."""

import ctypes
import os
import sys

from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.random_search import suggest_dict

LIBC = ctypes.CDLL(None, use_errno=True)
NOTE = "arena-note"


class Honest(AbstractOptimizer):
    """Random search; `attack` is called once, before the second batch."""

    def __init__(self, api_config):
        super().__init__(api_config)
        self.calls = 0

    def attack(self):
        """What a hostile optimizer does."""

    def suggest(self, n_suggestions=1):
        self.calls += 1
        points = suggest_dict([], [], self.api_config, n_suggestions=n_suggestions)
        if self.calls == 2:
            self.attack()
        return points

    def observe(self, X, y):
        pass


def escaped(how):
    """An attack worked: end with a verdict that no file of the set expects for it."""
    print("ESCAPED:", how, file=sys.stderr, flush=True)
    os._exit(66)


def must_fail(call, *arguments):
    """Call what a sandbox should not let do."""
    try:
        result = call(*arguments)
    except (OSError, ValueError, ImportError, RuntimeError):
        return
    escaped(f"{call} {arguments} returned {result!r}")


def must_not_call(number, *arguments):
    """Make a raw system call (x86-64's numbers) that should be refused."""
    result = LIBC.syscall(number, *arguments)
    if result >= 0:
        escaped(f"system call {number} {arguments} returned {result}")


def descriptors():
    """Every open descriptor beyond the standard ones."""
    return [int(name) for name in os.listdir("/proc/self/fd") if int(name) > 2]


def write_everywhere(data):
    """Write to every open descriptor that takes it."""
    for descriptor in [1, 2, *descriptors()]:
        try:
            os.write(descriptor, data)
        except OSError:
            pass
