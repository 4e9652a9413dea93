# expect: protocol_broken
# stage: load
# because: it may start before the harness; what it says is no answer
from tests.hostile.zips import HONEST, pack, wheel


def build() -> bytes:
    code = b"import os; [os.write(3, b'{}' + bytes([10])) for _ in range(9)]"
    return pack({**HONEST, "site-1-py3-none-any.whl": wheel("site", {"sitecustomize.py": code})})
