# expect: does_not_load
# stage: load
# because: it names wheels of the zip
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "install_order.txt": b"../../opt/evil-1-py3-none-any.whl\n"})
