"""What a check needs of this machine's Python."""

import subprocess
import sys

from tests.support.stack import ROOT

ABSENT = ("bayesmark", "numpy", "scipy", "sklearn", "pandas", "xarray", "shared", "services", "pydantic_settings")
"""What has no release for a later Python than 3.11, and what a participant does not install."""
IMPORTS = f"""
import sys
sys.modules.update(dict.fromkeys({ABSENT}))
import arena.check.judgement, arena.check.studies, arena.commands.participant.check
"""


def test_a_check_needs_neither_bayesmark_nor_the_services() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
