"""Unpacking a zip that may be hostile."""

import io
import os
import stat
import tempfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.optimizer.unpack import FILES_LIMIT, BadZip, receive
from arena.sandbox.optimizer.unpack import unpack as unpack_file
from arena.words.limits import ZIP_FILES_LIMIT

LIMIT_BYTES = 100_000
MEGABYTE = 1024**2


def make_zip(files: list[tuple[str | zipfile.ZipInfo, bytes]], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return target.getvalue()


def unpack(data: bytes, folder: Path, limit_bytes: int) -> None:
    """Unpack a zip that came to lie outside of the folder, as the harness receives it."""
    with tempfile.TemporaryDirectory() as outside:
        receive(io.BytesIO(data), len(data), Path(outside) / "zip")
        unpack_file(Path(outside) / "zip", folder, limit_bytes)


def make_link(name: str, kind: int) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.external_attr = (kind | 0o777) << 16
    return member


OPTIMIZER = ("optimizer.py", b"x = 1")


def test_files_and_folders_are_unpacked_as_they_are(tmp_path: Path) -> None:
    unpack(make_zip([OPTIMIZER, ("folder/", b""), ("folder/data.bin", bytes(range(256)))]), tmp_path, LIMIT_BYTES)

    assert (tmp_path / "optimizer.py").read_bytes() == b"x = 1"
    assert (tmp_path / "folder/data.bin").read_bytes() == bytes(range(256))


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ([("other.py", b"")], "optimizer.py at the top level"),
        ([("folder/optimizer.py", b"")], "optimizer.py at the top level"),
        ([OPTIMIZER, ("../evil.py", b"")], "relative names"),
        ([OPTIMIZER, ("folder/../../evil.py", b"")], "relative names"),
        ([OPTIMIZER, ("/etc/evil", b"")], "relative names"),
        ([OPTIMIZER, ("folder\\..\\evil", b"")], "relative names"),
        ([OPTIMIZER, (make_link("link", stat.S_IFLNK), b"/etc/passwd")], "link or special"),
        ([OPTIMIZER, (make_link("pipe", stat.S_IFIFO), b"")], "link or special"),
        ([OPTIMIZER, ("zeros", bytes(LIMIT_BYTES))], "exceeds the limit"),
    ],
)
def test_bad_members_are_refused(tmp_path: Path, files: list[tuple[str | zipfile.ZipInfo, bytes]], reason: str) -> None:
    folder = tmp_path / "code"
    folder.mkdir()

    with pytest.raises(BadZip, match=reason):
        unpack(make_zip(files), folder, LIMIT_BYTES)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["code"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("again", ["optimizer.py", "./optimizer.py"])
def test_a_name_that_comes_twice_is_refused(tmp_path: Path, again: str) -> None:
    with pytest.raises(BadZip, match="twice"):
        unpack(make_zip([OPTIMIZER, (again, b"x = 2")]), tmp_path, LIMIT_BYTES)


def test_size_is_counted_and_not_taken_from_the_header(tmp_path: Path) -> None:
    honest = make_zip([OPTIMIZER, ("zeros", bytes(1_000_000))])
    lying = honest.replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != honest

    with pytest.raises(BadZip):
        unpack(lying, tmp_path, LIMIT_BYTES)

    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= LIMIT_BYTES


def test_encrypted_member_is_refused(tmp_path: Path) -> None:
    data = bytearray(make_zip([OPTIMIZER]))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + offset] |= 1

    with pytest.raises(BadZip, match="encryption"):
        unpack(bytes(data), tmp_path, LIMIT_BYTES)


def test_damaged_content_is_refused(tmp_path: Path) -> None:
    data = make_zip([("optimizer.py", b"x = 1")], zipfile.ZIP_STORED).replace(b"x = 1", b"x = 2")

    with pytest.raises(BadZip):
        unpack(data, tmp_path, LIMIT_BYTES)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_do_anything_but_refuse(data: bytes) -> None:
    with pytest.raises(BadZip):
        unpack(data, Path("/nonexistent"), LIMIT_BYTES)


def test_a_zip_is_received_up_to_its_size_and_what_follows_is_left(tmp_path: Path) -> None:
    source = io.BytesIO(b"the zip\n{}\n")

    receive(source, len(b"the zip"), tmp_path / "zip")

    assert (tmp_path / "zip").read_bytes() == b"the zip"
    assert source.read() == b"\n{}\n"


def test_memory_does_not_grow_with_a_zip(tmp_path: Path) -> None:
    content = os.urandom(40 * MEGABYTE)
    (tmp_path / "source").write_bytes(make_zip([OPTIMIZER, ("weights.bin", content)], zipfile.ZIP_STORED))
    (tmp_path / "code").mkdir()
    with (tmp_path / "source").open("rb") as source:
        tracemalloc.start()

        receive(source, (tmp_path / "source").stat().st_size, tmp_path / "zip")
        unpack_file(tmp_path / "zip", tmp_path / "code", 64 * MEGABYTE)

        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert (tmp_path / "code" / "weights.bin").read_bytes() == content
    assert peak_bytes < 8 * MEGABYTE


def test_as_many_files_are_unpacked_as_may_be_uploaded() -> None:
    assert FILES_LIMIT == ZIP_FILES_LIMIT
