"""A zip larger than each process may hold goes from the author's disk into the sandbox."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from arena.client.http import Client
from tests.support.end_to_end.competition import COMPETITION, EXAMPLES, ORGANIZER, set_up
from tests.support.stack import ROOT, Services
from tests.support.waiting import SCORING_LIMIT_S, wait_until

MEGABYTE = 1024**2
ZIP_MEGABYTES = 160
GROWTH_LIMIT_BYTES = 64 * MEGABYTE
"""More than any process needs for its work, and much less than the zip."""
PHASE = {
    "name": "feedback",
    "baseline": "official",
    "boxes": ["box-01", "box-02"],
    "studies_per_box": 1,
    "n_calls": 2,
    "limits": {"zip_limit_bytes": 200 * MEGABYTE},
}


def write_zip(path: Path) -> None:
    """Write the zip of an optimizer that needs all of its data, which cannot be compressed."""
    with zipfile.ZipFile(path, "w") as archive:
        code = (EXAMPLES / "random_search" / "optimizer.py").read_text()
        needs = f"from pathlib import Path\nassert Path('weights.bin').stat().st_size == {ZIP_MEGABYTES * MEGABYTE}\n"
        archive.writestr("optimizer.py", needs + code)
        with archive.open("weights.bin", "w") as member:
            for _ in range(ZIP_MEGABYTES):
                member.write(os.urandom(MEGABYTE))


def peak_bytes(process: subprocess.Popen[bytes]) -> int:
    """Return the most memory that a process has had at a time."""
    (line,) = [each for each in Path(f"/proc/{process.pid}/status").read_text().splitlines() if "VmHWM" in each]
    return int(line.split()[1]) * 1024


def run_and_measure(*arguments: str, url: str, token: str) -> int:
    """Run the command, which must succeed; returns the most memory that it had."""
    environment = {**os.environ, "ARENA_URL": url, "ARENA_TOKEN": token, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-m", "arena", *arguments], env=environment, cwd=ROOT) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss * 1024


async def test_a_large_zip_is_scored_and_no_process_held_it_whole(services: Services, tmp_path: Path) -> None:
    organizer = Client(services.url, ORGANIZER)
    dice, _ = set_up(organizer, "e2e")
    organizer.put("/api/v1/admin/competitions/e2e", {**COMPETITION, "phases": [PHASE]})
    write_zip(tmp_path / "large.zip")
    token = dice.headers["Authorization"].removeprefix("Bearer ")
    small = run_and_measure("competitions", url=services.url, token=token)
    before = {name: peak_bytes(process) for name, process in services.processes.items()}

    zip_file = str(tmp_path / "large.zip")
    sending = run_and_measure("submit", zip_file, "--competition", "e2e", url=services.url, token=token)

    (submission,) = dice.get("/api/v1/competitions/e2e/submissions").json["submissions"]

    async def has_ended() -> bool:
        return dice.get(f"/api/v1/submissions/{submission['id']}").json["state"] in {"scored", "failed"}

    await wait_until(has_ended, what="the submission has ended", limit_s=SCORING_LIMIT_S)
    assert dice.get(f"/api/v1/submissions/{submission['id']}").json["state"] == "scored"
    growth = {name: peak_bytes(process) - before[name] for name, process in services.processes.items()}
    growth["client"] = sending - small
    assert {name: each for name, each in growth.items() if each > GROWTH_LIMIT_BYTES} == {}
