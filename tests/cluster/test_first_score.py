"""From nothing to a scored submission, by the commands of the operators' page as they stand there."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.cluster.keda_stand_in import KedaStandIn
from tests.support.stack import ROOT
from tests.support.waiting import SCORING_LIMIT_S

pytestmark = pytest.mark.cluster
PAGE = ROOT / "docs" / "operator" / "kubernetes.md"
MARK = "<!-- from nothing to a score -->"
OVERLAY = "tests/cluster/overlay"
"""The page's, and what the cluster of these tests needs."""


def commands_of_page() -> list[str]:
    """Return the commands of the page's walk, a line each."""
    walk = re.search(rf"{MARK}\n```sh\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    assert walk is not None, f"expected a block of commands after {MARK} in {PAGE}"
    return walk[1].splitlines()


def test_ten_commands_lead_from_nothing_to_a_score(keda: KedaStandIn, tmp_path: Path) -> None:
    assert keda
    commands = commands_of_page()
    said = tmp_path / "said"

    with said.open("w") as output:
        shell = subprocess.Popen(
            ["bash", "-euc", "\n".join(commands)],
            cwd=ROOT,
            env={**os.environ, "ARENA_OVERLAY": OVERLAY},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            code = shell.wait(timeout=SCORING_LIMIT_S)
        finally:
            os.killpg(shell.pid, signal.SIGTERM)  # what the commands left in the background, such as a port-forward

    assert code == 0, said.read_text()[-5000:]
    assert len(commands) <= 10
    assert re.search(r"\bdice\s+\d+\.\d", said.read_text())
