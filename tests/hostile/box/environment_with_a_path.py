# expect: refused
# because: an environment is named, and only one that the phase allows
# reason: environment
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "arena.toml": 'environment = "../../arena-blackbox:local"\n'})
