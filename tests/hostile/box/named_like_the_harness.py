# expect: scored
# because: the harness's modules are loaded and gone
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, **{f"{name}.py": b"import os; os._exit(66)" for name in ("main", "points", "unpack", "probe", "dependencies", "installation", "install_failures", "experiment", "keywords", "script", "__main__")}})
