# expect: scored
# because: its own modules it may name as it likes
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "optimizer.py": b"import facts, points\nfrom honest import Honest\nclass Optimizer(Honest): pass\n", "facts.py": b"", "points/__init__.py": b""})
