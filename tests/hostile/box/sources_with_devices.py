# expect: does_not_load
# stage: load
# because: nobody in a container makes a device, not even by unpacking one
import io
import tarfile

from tests.support.zips import HONEST
from tests.support.zips import pack

SETUP = b"from setuptools import setup\nsetup(name='devices', version='1')\n"


def build() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        member = tarfile.TarInfo("devices-1/setup.py")
        member.size = len(SETUP)
        archive.addfile(member, io.BytesIO(SETUP))
        device = tarfile.TarInfo("devices-1/memory")
        device.type, device.devmajor, device.devminor, device.mode = tarfile.CHRTYPE, 1, 1, 0o666
        archive.addfile(device)
    return pack({**HONEST, "devices-1.tar.gz": target.getvalue()})
