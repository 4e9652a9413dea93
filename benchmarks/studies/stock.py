"""Runs the same studies with stock Bayesmark: `bayesmark-launch` writes the jobs, which run side by side."""

import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BAYESMARK = (sys.executable, "-P", "-m", "arena.export.bayesmark_process")
STUDY_LIMIT_S = 3600


def run_stock(boxes: list[tuple[str, str, str]], studies_per_box: int, processes: int) -> float:
    """Run random search on (model, dataset, metric) boxes, in `processes` processes; returns seconds of wall time."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        environment = {
            **os.environ,
            "GIT_PYTHON_REFRESH": "quiet",
            "PYTHONWARNINGS": "ignore",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        _call(["init", "-dir", folder, "-b", "bench"], environment, root)
        commands = [
            command
            for number, box in enumerate(boxes)
            for command in _commands(box, studies_per_box, root, number, environment)
        ]
        scripts = [" && ".join(commands[process::processes]) for process in range(processes)]
        start = (
            time.perf_counter()
        )  # splitting the launch over six boxes is a cost of this benchmark, not of stock Bayesmark
        running = [
            subprocess.Popen(
                ["sh", "-c", script], env=environment, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            for script in scripts
        ]
        codes = [process.wait(timeout=STUDY_LIMIT_S) for process in running]
        if any(codes):
            raise RuntimeError(f"expected stock Bayesmark to finish, got exit codes {codes}")
        return time.perf_counter() - start


def _commands(
    box: tuple[str, str, str], studies: int, root: Path, number: int, environment: dict[str, str]
) -> list[str]:
    model, dataset, metric = box
    jobs = root / f"jobs-{number}.txt"
    arguments = ["-dir", str(root), "-b", "bench", "-o", "RandomSearch", "-c", model, "-d", dataset, "-m", metric]
    shape = ["-n", "16", "-p", "8", "-r", str(studies)]
    _call(["launch", *arguments, *shape, "-nj", "1", "-ofile", str(jobs)], environment, root)
    (job,) = (line for line in jobs.read_text().splitlines() if line.startswith("job_"))
    return job.split(" ", 1)[1].replace("bayesmark-exp", f"{shlex.join(BAYESMARK)} exp").split(" && ")


def _call(command: list[str], environment: dict[str, str], folder: Path) -> None:
    done = subprocess.run(
        [*BAYESMARK, *command],
        env=environment,
        cwd=folder,
        timeout=120,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"bayesmark-{shlex.join(command)} failed: {done.stderr[-2000:]}")
