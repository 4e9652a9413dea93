"""The stack that is measured: the one of `make up`, its runner replaced for the control-plane benchmark."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
LIMIT_S = 300
OVERRIDE = "benchmarks/compose.yaml"


def compose(*arguments: str) -> str:
    """Run Compose on the stack; returns what it printed."""
    done = subprocess.run(
        ["bash", "deploy/stack.sh", "compose", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"compose {' '.join(arguments)} failed: {done.stderr[-2000:]}")
    return done.stdout


def postgres_url() -> str:
    """Return the URL of the stack's Postgres, without a database; ARENA_BENCH_POSTGRES names another."""
    if given := os.environ.get("ARENA_BENCH_POSTGRES"):
        return given
    script = 'echo "$POSTGRES_PASSWORD@$(hostname -i)"'
    return f"postgresql://arena:{compose('exec', '-T', 'postgres', 'sh', '-c', script).strip()}:5432"


def broker_url() -> str:
    """Return the URL of the stack's RabbitMQ, as the gateway's user; ARENA_BENCH_BROKER names another."""
    if given := os.environ.get("ARENA_BENCH_BROKER"):
        return given
    script = 'echo "$RABBITMQ_GATEWAY_PASSWORD@$(hostname -i)"'
    return f"amqp://gateway:{compose('exec', '-T', 'rabbitmq', 'sh', '-c', script).strip()}:5672/"


@contextmanager
def null_runner() -> Iterator[None]:
    """Replace the runner by one whose engine answers at once, and let more shards wait on the broker."""
    compose("--file", OVERRIDE, "up", "-d", "--no-deps", "runner", "dispatcher")
    try:
        yield
    finally:
        compose("up", "-d", "--no-deps", "runner", "dispatcher")
