# expect: scored
# because: no .pth file is read from the zip
from tests.hostile.zips import HONEST, pack


def build() -> bytes:
    return pack({**HONEST, "x.pth": b"import os; os._exit(66)", "site-packages/x.pth": b"import os; os._exit(66)"})
