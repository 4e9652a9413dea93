# expect: refused
# reason: leads out of the zip
# because: names stay below the zip
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "../../opt/arena/main.py": b"print(1)"})
