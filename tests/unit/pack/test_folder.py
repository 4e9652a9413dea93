"""A folder's zip: the same bytes for the same files, and only what belongs into it."""

import io
import os
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from arena.failure import Failure
from arena.pack.folder import PackedFolder, pack_folder
from arena.pack.optimizer_zip import read_zip
from arena.rules.zip_validation import ZipLimits, check_zip

MEGABYTE = 1024**2


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def make_wheel(name: str, *needs: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as wheel:
        lines = [f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {each}" for each in needs)]
        wheel.writestr(f"{name}-1.0.dist-info/METADATA", "Metadata-Version: 2.1\n" + "\n".join(lines) + "\n")
    return target.getvalue()


def pack(folder: Path, **options: str) -> PackedFolder:
    """Pack a folder into a zip beside it."""
    return pack_folder(folder, folder.with_suffix(".zip"), **options)


def read(folder: Path) -> dict[str, bytes]:
    """Return the files in the zip beside a folder."""
    with zipfile.ZipFile(folder.with_suffix(".zip")) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_same_files_give_the_same_bytes_wherever_and_whenever_they_were_written(tmp_path: Path) -> None:
    files = {"b/data.bin": b"\0" * 1000, "optimizer.py": b"class A: ...", "a.py": b""}
    one = write(tmp_path / "one", files)
    other = write(tmp_path / "other", dict(reversed(files.items())))
    os.utime(other / "a.py", (1, 1))
    (other / "a.py").chmod(0o755)

    for folder in (one, other):
        pack(folder)
    assert one.with_suffix(".zip").read_bytes() == other.with_suffix(".zip").read_bytes()
    assert list(read(one).items()) == [(name, files[name]) for name in sorted(files)]


def test_memory_does_not_grow_with_the_files(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", {"optimizer.py": b"", "weights.bin": os.urandom(40 * MEGABYTE)})
    tracemalloc.start()

    pack(folder)

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert folder.with_suffix(".zip").stat().st_size > 40 * MEGABYTE
    assert peak_bytes < 8 * MEGABYTE


def test_an_environment_that_is_named_goes_into_the_zip_and_one_of_the_folder_stays(tmp_path: Path) -> None:
    plain = write(tmp_path / "plain", {"optimizer.py": b""})
    named = write(tmp_path / "named", {"optimizer.py": b"", "arena.toml": b'environment = "classic" # ours\n'})

    assert (pack(plain).environment, "arena.toml" in read(plain)) == (None, False)
    assert (pack(plain, environment="modern").environment, read(plain)["arena.toml"]) == (
        "modern",
        b'environment = "modern"\n',
    )
    assert (pack(named).environment, read(named)["arena.toml"]) == ("classic", b'environment = "classic" # ours\n')
    assert (pack(named, environment="small").environment, read(named)["arena.toml"]) == (
        "small",
        b'environment = "small"\n',
    )


def test_a_wheel_for_another_environment_is_refused(tmp_path: Path) -> None:
    files = {"optimizer.py": b"", "a-1.0-cp313-cp313-linux_x86_64.whl": make_wheel("a")}
    folder = write(tmp_path / "mine", files)

    with pytest.raises(
        Failure, match=r"the environment small, CPython 3\.11 .* got a-1\.0-cp313-cp313-linux_x86_64\.whl"
    ):
        pack(folder, machine="x86_64")
    assert pack(folder, machine="x86_64", environment="modern").wheels == ["a-1.0-cp313-cp313-linux_x86_64.whl"]


def test_hidden_files_caches_and_an_earlier_zip_stay_out(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "mine",
        dict.fromkeys(
            (
                *("optimizer.py", "data.zip", "sub/module.py", ".git/config", ".env", "sub/.hidden/x", "old.pyc"),
                *("__pycache__/optimizer.cpython-311.pyc", "sub/__pycache__/x", "mine.zip"),
            ),
            b"x",
        ),
    )

    assert list(pack(folder).sizes) == ["data.zip", "optimizer.py", "sub/module.py"]


def test_what_is_packed_passes_the_intake(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", {"optimizer.py": b"", "modèle/données.txt": b"x"})
    pack(folder)
    check_zip(folder.with_suffix(".zip").read_bytes(), ZipLimits(packed_bytes=10_000, unpacked_bytes=10_000, files=10))


def test_wheels_are_installed_after_those_they_depend_on_even_in_a_cycle(tmp_path: Path) -> None:
    wheels = {
        "a-1.0-py3-none-any.whl": make_wheel("a", "c>=1", "numpy"),
        "b-1.0-py3-none-any.whl": make_wheel("b"),
        "c-1.0-py3-none-any.whl": make_wheel("c", "B ; extra == 'all'", "a"),
    }
    packed = pack(write(tmp_path / "mine", {"optimizer.py": b"", "sub/d-1.0-py3-none-any.whl": b"", **wheels}))

    assert packed.wheels == [f"{each}-1.0-py3-none-any.whl" for each in ("b", "c", "a")]
    assert read(tmp_path / "mine")["install_order.txt"].decode().splitlines() == packed.wheels


def test_requirements_of_comments_alone_ask_for_nothing(tmp_path: Path) -> None:
    files = {"optimizer.py": b"", "requirements.txt": b"# a comment\n\n   # another\n"}
    packed = pack(write(tmp_path / "mine", files))
    assert packed.wheels == []
    assert read(tmp_path / "mine") == files


def test_a_complete_order_of_the_folders_own_is_kept_and_another_refused(tmp_path: Path) -> None:
    names = ["b-1.0-py3-none-any.whl", "a-1.0-py3-none-any.whl"]
    wheels = {name: make_wheel(name[0]) for name in names}
    folder = write(tmp_path / "mine", {"optimizer.py": b"", "install_order.txt": "\n".join(names).encode(), **wheels})
    assert pack(folder).wheels == names

    write(folder, {"install_order.txt": names[0].encode()})
    with pytest.raises(Failure, match=r"install_order\.txt: expected each wheel once"):
        pack(folder)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (
            {"other.py": b""},
            "Expected a zip, or a folder with optimizer.py at its top level, .*'arena new' makes one",
        ),
        ({"my_opt/optimizer.py": b""}, r"found my_opt/optimizer\.py: zip the contents of my_opt\."),
        ({"a/my_opt/optimizer.py": b""}, r"found a/my_opt/optimizer\.py: zip the contents of a/my_opt\."),
        ({"optimizer.py": b"", "mine.whl": b""}, "names they were built with, got mine.whl"),
        ({"optimizer.py": b"", "a-1-py3-none-any.whl": b"", "A-2-py3-none-any.whl": b""}, "one wheel of a, got"),
        ({"optimizer.py": b"", "a-1-py3-none-any.whl": b"no zip"}, "got a-1-py3-none-any.whl"),
    ],
)
def test_what_cannot_be_packed_is_said_with_its_name(tmp_path: Path, files: dict[str, bytes], reason: str) -> None:
    with pytest.raises(Failure, match=reason):
        pack(write(tmp_path / "mine", files))


def test_a_link_to_a_folder_is_refused_because_it_would_be_left_out(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", {"optimizer.py": b""})
    (folder / "data").symlink_to(tmp_path)
    with pytest.raises(Failure, match="a link to a folder"):
        pack(folder)


def test_a_zip_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "some.zip").write_bytes(b"anything")
    assert read_zip(tmp_path / "some.zip") == ("some.zip", tmp_path / "some.zip")
