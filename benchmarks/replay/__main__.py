"""`python -m benchmarks.replay [--times N] [--submissions N] [--minutes N]`: all of 2020 again, in minutes."""

import argparse
import asyncio
import dataclasses
import shutil
import sys
from pathlib import Path

from benchmarks.replay.plan.size import ReplaySize, tenfold
from benchmarks.replay.report import write_report
from benchmarks.replay.run import Replay, Replayed
from benchmarks.replay.stack.stores import own_stores
from benchmarks.stack.compose import ROOT

RESULTS = ROOT / ".arena" / "replay"


async def replay(size: ReplaySize, minutes: float | None, folder: Path) -> Replayed:
    """Run a replay on servers of its own, of which nothing stays; zips and logs go into the folder."""
    async with own_stores() as stores:
        return await Replay(size, stores, folder).run(minutes)


def main() -> None:
    """Replay, print and write; the exit code says whether every submission was scored once."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay", description=__doc__)
    parser.add_argument("--times", type=int, default=1, help="so many times the submissions, and fewer studies of each")
    parser.add_argument("--submissions", type=int, default=ReplaySize.submissions)
    parser.add_argument("--runners", type=int, default=ReplaySize.runners)
    parser.add_argument("--final-studies", type=int, default=ReplaySize.final_studies)
    parser.add_argument("--minutes", type=float, help="how long the 120 days take; by default as the machine needs")
    given = parser.parse_args()
    size = tenfold(
        dataclasses.replace(
            ReplaySize(), submissions=given.submissions, runners=given.runners, final_studies=given.final_studies
        ),
        given.times,
    )
    name = "single" if given.times == 1 else f"times-{given.times}"
    folder = RESULTS / f"{name}-running"  # it stays if the replay fails
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    found = asyncio.run(replay(size, given.minutes, folder))
    shutil.rmtree(folder)
    if not write_report(found, RESULTS / name, None if given.times == 1 else RESULTS / "single"):
        sys.exit("Expected every submission to be scored once; what is wrong is said above.")


if __name__ == "__main__":
    main()
