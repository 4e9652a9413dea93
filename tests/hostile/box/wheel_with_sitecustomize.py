# expect: protocol_broken
# stage: load
# because: it may start before the harness; what it says is no answer
from tests.support.zips import HONEST
from tests.support.zips import pack
from tests.support.zips import wheel


def build() -> bytes:
    code = b"import os; [os.write(3, b'{}' + bytes([10])) for _ in range(9)]"
    return pack({**HONEST, "site-1-py3-none-any.whl": wheel("site", {"sitecustomize.py": code})})
