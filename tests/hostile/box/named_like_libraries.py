# expect: scored
# because: what the harness needs is loaded before
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, **{f"{name}.py": b"import os; os._exit(66)" for name in ("numpy", "bayesmark", "json", "os", "traceback", "encodings")}})
