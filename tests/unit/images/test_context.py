"""What a build is given: the files of the Dockerfile's COPY lines, readable by everybody in the image."""

import os
import stat
from pathlib import Path

import pytest

from arena.images import build
from arena.images.definition import find_definitions


def test_an_images_files_are_readable_whatever_the_umask_of_who_builds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "images/one").mkdir(parents=True)
    (tmp_path / "images/one/Dockerfile").write_text("FROM scratch\nCOPY code /opt/code\n")
    (tmp_path / "code").mkdir()
    (tmp_path / "code/main.py").write_text("")
    modes: dict[str, int] = {}

    def note_modes(*arguments: str) -> str:
        if arguments[0] == "build":
            context = Path(arguments[-1])
            modes.update({str(each.relative_to(context)): each.stat().st_mode for each in context.rglob("*")})
        return ""

    monkeypatch.setattr(build, "docker", note_modes)
    before = os.umask(0o077)
    try:
        build.build_images(find_definitions(tmp_path / "images", tmp_path), ["one"], lambda _: None)
    finally:
        os.umask(before)

    assert {name: oct(stat.S_IMODE(mode)) for name, mode in modes.items()} == {
        "Dockerfile": "0o644",
        "code": "0o755",
        "code/main.py": "0o644",
    }
