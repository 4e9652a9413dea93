# The names that CPython removed between 3.6, on which the optimizers of 2020 ran, and 3.11. The image's Pythons import
# this file when they start.
import collections.abc
import inspect
import time

for _name in collections.abc.__all__:
    if not hasattr(collections, _name):
        setattr(collections, _name, getattr(collections.abc, _name))

ArgSpec = collections.namedtuple("ArgSpec", "args varargs keywords defaults")


def _getargspec(function: collections.abc.Callable[..., object]) -> ArgSpec:
    return ArgSpec(*inspect.getfullargspec(function)[:4])


for _module, _name, _value in (
    (inspect, "ArgSpec", ArgSpec),
    (inspect, "getargspec", _getargspec),
    (time, "clock", time.process_time),
):
    setattr(_module, _name, _value)
