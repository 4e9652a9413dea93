"""The folder of a runner's blobs goes with the runner, or is removed by the next one after a kill."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.runner.blobs.folder import BlobFolder
from tests.support.stack import ROOT

HOLD = """
from services.runner.blobs.folder import BlobFolder
folder = BlobFolder()
(folder.path / "blob").write_bytes(b"content")
print(folder.path, flush=True)
input()
"""


@contextmanager
def running_runner(temporary: Path) -> Iterator[Path]:
    """Yield the folder of a process that makes one in this place; it is killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        env={"TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Path(process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()


def test_what_a_killed_runner_fetched_is_gone_when_the_next_one_starts(tmp_path: Path) -> None:
    with running_runner(tmp_path) as left:
        pass
    assert (left / "blob").exists()

    with running_runner(tmp_path) as new:
        assert list(tmp_path.iterdir()) == [new]


def test_what_another_living_runner_fetched_stays(tmp_path: Path) -> None:
    with running_runner(tmp_path) as first, running_runner(tmp_path) as second:
        assert (first / "blob").exists()
        assert (second / "blob").exists()


def test_the_files_of_others_in_the_same_place_stay(tmp_path: Path) -> None:
    (tmp_path / "arena-blobs-notes.txt").write_text("mine")
    (tmp_path / "arena-blobs-elsewhere").symlink_to(tmp_path)
    (tmp_path / "other").mkdir()

    with running_runner(tmp_path) as new:
        names = {each.name for each in tmp_path.iterdir()}
        assert names == {"arena-blobs-notes.txt", "arena-blobs-elsewhere", "other", new.name}


def test_runners_that_start_at_one_moment_have_a_folder_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with ThreadPoolExecutor(16) as threads:
        folders = list(threads.map(lambda _: BlobFolder(), range(300)))

    assert all(folder.path.is_dir() for folder in folders)
    assert len({folder.path for folder in folders}) == 300
