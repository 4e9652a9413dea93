"""A zip is taken or refused for what its bytes are, not for what it says of itself."""

import contextlib
import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.rules.zip_validation import InvalidZip, ZipLimits, check_zip

LIMITS = ZipLimits(packed_bytes=100_000, unpacked_bytes=200_000, files=10)
CODE = b"class Optimizer: ..."
SYMLINK = 0o120777 << 16


def make_zip(*members: tuple[str, bytes], mode: int | None = None, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of these members, all of the last with this mode, after an optimizer.py."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("optimizer.py", CODE)
        for name, content in members:
            info = zipfile.ZipInfo("x")
            info.filename = name  # as it is: the constructor would clean it
            info.compress_type = method
            if mode is not None:
                info.external_attr = mode
            archive.writestr(info, content)
    return buffer.getvalue()


def with_flag(content: bytes, flag: int) -> bytes:
    """Return the zip with a flag bit set in every header, local and central."""
    patched = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := patched.find(signature, start + 1)) >= 0:
            (flags,) = struct.unpack_from("<H", patched, start + offset)
            struct.pack_into("<H", patched, start + offset, flags | flag)
    return bytes(patched)


def with_small_size(content: bytes) -> bytes:
    """Return the zip with every header claiming that the unpacked content has one byte."""
    patched = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = -1
        while (start := patched.find(signature, start + 1)) >= 0:
            struct.pack_into("<I", patched, start + offset, 1)
    return bytes(patched)


def without_optimizer(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, CODE)
    return buffer.getvalue()


def corrupt() -> bytes:
    content = bytearray(make_zip(("data.bin", b"0123456789" * 50), method=zipfile.ZIP_STORED))
    content[content.find(b"0123456789") + 5] ^= 0xFF
    return bytes(content)


REFUSED = {
    "empty upload": (b"", "not a zip"),
    "not a zip": (b"MZ\x90\x00" * 100, "not a zip"),
    "truncated": (make_zip(("a.py", b"a" * 5000))[:-200], "not a zip"),
    "corrupt": (corrupt(), "not a zip"),
    "encrypted": (with_flag(make_zip(), 0x1), "encrypted"),
    "no optimizer.py": (without_optimizer("other.py"), "no optimizer.py"),
    "optimizer.py in a folder": (
        without_optimizer("mine/optimizer.py"),
        "no optimizer.py at its top level; found mine/optimizer.py: zip the contents of mine",
    ),
    "optimizer.py is a folder": (without_optimizer("optimizer.py/"), "no optimizer.py"),
    "traversal": (make_zip(("../evil.py", b"")), "leads out"),
    "deep traversal": (make_zip(("a/../../evil.py", b"")), "leads out"),
    "absolute": (make_zip(("/etc/passwd", b"")), "relative path"),
    "backslashes": (make_zip(("a\\b.py", b"")), "relative path"),
    "drive": (make_zip(("C:evil.py", b"")), "relative path"),
    "link": (make_zip(("link", b"/etc/passwd"), mode=SYMLINK), "link"),
    "the same name twice": (make_zip(("a.py", b"1"), ("a.py", b"2")), "twice"),
    "the same file by two names": (make_zip(("a.py", b"1"), ("./a.py", b"2")), "twice"),
    "optimizer.py twice": (make_zip(("optimizer.py", b"2")), "twice"),
    "file and folder": (make_zip(("a", b"1"), ("a/b.py", b"2")), "file and a folder"),
    "folder and file": (make_zip(("a/b.py", b"2"), ("a", b"1")), "file and a folder"),
    "folders by two cases": (make_zip(("A/b.py", b""), ("a/c.py", b"")), "upper and lower case"),
    "a large directory": (make_zip(*((f"{number}.py", b"") for number in range(110))), "or very long names"),
    "ZIP64": (make_zip()[:-22] + b"PK\6\7" + bytes(16) + make_zip()[-22:], "ZIP64"),
    "too many files": (make_zip(*((f"{number}.py", b"") for number in range(11))), "more than 10 files"),
    "too large packed": (make_zip(("a", b"\0" * 100_001), method=zipfile.ZIP_STORED), "larger than 100,000 bytes"),
    "too large unpacked": (make_zip(("a", b"\0" * 200_001)), "larger than 200,000 bytes"),
    "too large together": (make_zip(("a", b"\0" * 150_000), ("b", b"\0" * 150_000)), "larger than 200,000 bytes"),
}


@pytest.mark.parametrize("why", REFUSED)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_bad_zip_is_refused_with_its_reason(why: str) -> None:
    content, reason = REFUSED[why]
    with pytest.raises(InvalidZip, match=reason):
        check_zip(content, LIMITS)


def test_a_header_that_lies_about_the_size_does_not_let_a_bomb_in() -> None:
    bomb = with_small_size(make_zip(("bomb", b"\0" * 5_000_000)))
    with pytest.raises(InvalidZip):
        check_zip(bomb, LIMITS)


@given(
    st.dictionaries(
        st.lists(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), min_size=1, max_size=3).map(
            lambda parts: "/".join(parts) + ".dat"
        ),
        st.binary(max_size=300),
        max_size=8,
    )
)
def test_ordinary_files_in_ordinary_folders_are_taken(files: dict[str, bytes]) -> None:
    check_zip(make_zip(*files.items()), LIMITS)


def test_a_zip_as_the_kit_of_2020_made_it_is_taken() -> None:
    names = ["parts/", "parts/deep.py", "config.json", "install_order.txt", "autograd-1.3.tar.gz", "turbo-0.0.1.zip"]
    check_zip(make_zip(*((name, b"") for name in names)), LIMITS)


@given(st.binary(max_size=400), st.integers(0, 400))
def test_any_bytes_are_taken_or_refused_and_nothing_else_happens(noise: bytes, at: int) -> None:
    content = make_zip(("a.py", b"a" * 40))
    for each in (noise, content[:at] + noise + content[at + len(noise) :]):
        with contextlib.suppress(InvalidZip):
            check_zip(each, LIMITS)
