# expect: does_not_load
# stage: load
# because: a config.json that cannot be read is the team's to mend
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "config.json": b"[" * 200_000})
