"""Programs of the field that read what Arena writes, in an environment that is made once, from its lock."""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from tests.support.installed import uv
from tests.support.stack import ROOT

LOCK = Path(__file__).parent / "requirements.lock"
LIMIT_S = 300


def run_tool(*arguments: str | Path, folder: Path) -> str:
    """Run `python` of the environment with these arguments in a folder; it must succeed. Returns what it printed."""
    python = make_environment() / "bin" / "python"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [python, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=LIMIT_S
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def make_environment() -> Path:
    """Return the environment's folder; it is made anew when its lock has changed."""
    content = LOCK.read_bytes()
    folder = ROOT / ".arena" / f"field-tools-{hashlib.sha256(content).hexdigest()[:12]}"
    folder.parent.mkdir(exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:  # tests run in several processes
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            uv("venv", "--clear", "--python", sys.executable, folder)
            uv("pip", "install", "--python", folder / "bin" / "python", "--requirement", LOCK)
            (folder / "made").touch()
    return folder
