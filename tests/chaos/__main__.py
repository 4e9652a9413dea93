"""`python -m tests.chaos --seed 1 --faults 70`: throws faults at a platform of its own and checks what it promised."""

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
from pathlib import Path

from tests.chaos.report import write_report
from tests.chaos.run import FAULTS, run_chaos


def main() -> int:
    """Run, print the plan as it unfolds and then the table; returns 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--seed", type=int, default=1, help="draws the faults; the same seed draws the same")
    parser.add_argument("--faults", type=int, default=70, help="how many")
    parser.add_argument("--kinds", default=",".join(FAULTS), help="which, with commas between them (%(default)s)")
    given = parser.parse_args()
    for library in ("aio_pika", "aiormq", "asyncpg"):  # what checks meets the faults, too
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)
    folder = Path(tempfile.mkdtemp(prefix="arena-chaos-"))
    folder.chmod(0o755)
    outcome = asyncio.run(
        run_chaos(given.seed, given.faults, folder, _say, has_engine=True, kinds=given.kinds.split(","))
    )
    _say(write_report(outcome))
    if outcome.findings:
        _say(f"logs, history and data are in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is the command's result


if __name__ == "__main__":
    sys.exit(main())
