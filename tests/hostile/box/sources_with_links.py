# expect: does_not_load
# stage: load
# because: what is written through a link in an archive of sources is written in the container, where it is read-only
import io
import tarfile

from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, content in (("setup.py", b"from setuptools import setup\nsetup(name='links', version='1')\n"), ("out/main.py", b"raise SystemExit(66)\n")):
            if name.startswith("out"):
                link = tarfile.TarInfo("links-1/out")
                link.type, link.linkname = tarfile.SYMTYPE, "/opt/arena"
                archive.addfile(link)
            member = tarfile.TarInfo(f"links-1/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return pack({**HONEST, "links-1.tar.gz": target.getvalue()})
