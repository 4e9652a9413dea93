"""The folder of a runner's blobs goes with the runner, or is removed by the next one after a kill."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
