# expect: scored
# because: an archive that is no package is data, however long its names are
import io
import tarfile

from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        for number in range(20):
            archive.addfile(tarfile.TarInfo(f"{number}-" + "n" * 500_000))
    return pack({**HONEST, "names-1.tar.gz": target.getvalue()})
