"""gVisor's runsc as a runtime of an engine of the tests' own."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.stack import ROOT

RUNSC = ROOT / ".arena" / "runsc"
"""Debian's, which `deploy/runsc.sh` has put there."""
FLAGS = ("--network=none", "--oci-seccomp")
"""No network but its own loopback; and inside, the engine's seccomp profile, which runsc leaves out by itself."""


def runsc_runtime(folder: Path) -> Mapping[str, Path]:
    """Return the runtime as `own_engine` takes it; dockerd's command line takes no flags of a runtime, but a script."""
    if not os.access(RUNSC, os.X_OK):
        pytest.skip("expected gVisor's runsc in .arena; 'bash deploy/runsc.sh' fetches it")
    script = folder / "runsc"
    script.write_text(f'#!/bin/sh\nexec {RUNSC} {" ".join(FLAGS)} "$@"\n')
    script.chmod(0o755)
    return {"runsc": script}
