# expect: does_not_load
# stage: load
# because: sources with absolute paths and paths upwards reach what is read-only
import io
import tarfile

from tests.support.zips import HONEST
from tests.support.zips import pack

SETUP = b"from setuptools import setup\nsetup(name='out', version='1')\n"


def build() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, content in (("out-1/setup.py", SETUP), ("out-1/" + "../" * 12 + "opt/arena/probe.py", b"raise SystemExit(66)\n")):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return pack({**HONEST, "out-1.tar.gz": target.getvalue()})
