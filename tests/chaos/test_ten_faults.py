"""The short run of `make chaos`: its faults are always the same."""

from pathlib import Path

from tests.chaos.run import run_chaos

SEED = 1
FAULTS = 10


async def test_ten_faults_break_no_promise(tmp_path: Path) -> None:
    outcome = await run_chaos(SEED, FAULTS, tmp_path, print, has_engine=False)

    assert outcome.submissions > 0
    assert outcome.findings == []
