# expect: scored
# because: the interpreter has started before the zip is there
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "sitecustomize.py": b"import os; os._exit(66)", "usercustomize.py": b"import os; os._exit(66)"})
