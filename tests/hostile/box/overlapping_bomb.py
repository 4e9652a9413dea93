# expect: refused
# because: members that share their bytes are members all the same
import copy
import io
import zipfile

from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    data = bytearray(pack({**HONEST, "a": bytes(40 * 2**20)}))
    archive = zipfile.ZipFile(io.BytesIO(data))
    (member,) = (each for each in archive.infolist() if each.filename == "a")
    target = io.BytesIO(data)
    with zipfile.ZipFile(target, "a") as changed:
        for number in range(50):
            twin = copy.copy(member)
            twin.filename = f"a{number}"
            changed.filelist.append(twin)
        changed._didModify = True
    return target.getvalue()
