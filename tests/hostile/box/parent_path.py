# expect: refused
# reason: leads out of the zip
# because: names stay below the zip
from tests.hostile.zips import HONEST, pack


def build() -> bytes:
    return pack({**HONEST, "../../opt/arena/main.py": b"print(1)"})
