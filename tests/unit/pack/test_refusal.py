"""Before a zip is sent, it is refused for what the platform would refuse it for."""

from pathlib import Path

from arena.pack.refusal import find_refusal
from arena.rules.zip_validation import ZipLimits
from tests.support.zips import pack

CODE = b"class Optimizer: ..."


def refusal(folder: Path, content: bytes) -> str | None:
    path = folder / "optimizer.zip"
    path.write_bytes(content)
    return find_refusal(path, ZipLimits())


def test_a_zip_that_the_platform_takes_is_not_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, pack({"optimizer.py": CODE, "arena.toml": b'environment = "modern"'})) is None


def test_what_is_no_zip_and_an_arena_toml_that_says_something_else_are_refused(tmp_path: Path) -> None:
    assert "not a zip" in (refusal(tmp_path, b"no zip") or "")
    assert "'cpus'" in (refusal(tmp_path, pack({"optimizer.py": CODE, "arena.toml": b"cpus = 2"})) or "")
