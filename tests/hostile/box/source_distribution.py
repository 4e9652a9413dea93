# expect: scored
# because: an archive that holds no sources is a file as any other, and what lies beside it is not built
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "setup.py": b"import os; os._exit(66)", "requirements.txt": b"requests", "x-1.tar.gz": b"x"})
