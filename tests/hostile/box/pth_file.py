# expect: scored
# because: no .pth file is read from the zip
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "x.pth": b"import os; os._exit(66)", "site-packages/x.pth": b"import os; os._exit(66)"})
