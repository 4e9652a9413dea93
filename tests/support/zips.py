"""Zips and wheels, good or bad, as a test asks for them."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from tests.support.stack import ROOT

HOSTILE_SET = ROOT / "tests" / "hostile"
BASE = (HOSTILE_SET / "honest.py").read_bytes()
HONEST: Mapping[str | zipfile.ZipInfo, bytes] = {
    "optimizer.py": b"from honest import Honest\n\n\nclass Optimizer(Honest):\n    pass\n",
    "honest.py": BASE,
}


Member = TypeVar("Member", bound=str | zipfile.ZipInfo)


def pack(files: Mapping[Member, str | bytes]) -> bytes:
    """Return a zip of these files; a key may be a ZipInfo. The same files give the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, content in files.items():
            member = key if isinstance(key, zipfile.ZipInfo) else zipfile.ZipInfo(key)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return target.getvalue()


def wheel(name: str, files: Mapping[str, bytes], *needs: str, version: str = "1") -> bytes:
    """Return a wheel of these files, which needs other packages."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {each}\n" for each in needs)
    record = "".join(f"{path},,\n" for path in [*files, f"{info}/METADATA", f"{info}/WHEEL", f"{info}/RECORD"])
    return pack(
        {
            **files,
            f"{info}/METADATA": metadata.encode(),
            f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{info}/RECORD": record.encode(),
        }
    )


def write_wheel(folder: Path, name: str, version: str, *needs: str) -> None:
    """Write a wheel without any module, under the name that a build would give it."""
    (folder / f"{name}-{version}-py3-none-any.whl").write_bytes(wheel(name, {}, *needs, version=version))


def sdist(root: str, files: Mapping[str, str]) -> bytes:
    """Return a `.tar.gz` of these files in one folder, as a package's sources are published."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"{root}/{name}")
            data = content.encode()
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return target.getvalue()
