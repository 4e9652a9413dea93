# expect: refused
# reason: special file
# because: a zip has files and folders
import stat
import zipfile

from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    special = zipfile.ZipInfo("special")
    special.external_attr = (stat.S_IFSOCK | 0o777) << 16
    return pack({**HONEST, special: b"/etc/passwd"})
