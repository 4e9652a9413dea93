"""The stack that is measured: separate from the user's, and removed completely afterwards."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
STATE = ROOT / ".arena" / "bench"
PROJECT = os.environ.get("ARENA_BENCH_PROJECT", "arena-bench")
PORT = os.environ.get("ARENA_BENCH_PORT", "8089")
URL = f"http://127.0.0.1:{PORT}"
LIMIT_S = 1800
STORES = ("postgres", "rabbitmq")


@contextmanager
def own_stack(*services: str) -> Iterator[None]:
    """Run the whole stack, or some of its services; afterwards remove it with all of its data."""
    _call("remove")  # remove what a killed run has left
    try:
        _call("up", *services)
        if services:  # the whole stack is up when the gateway is ready
            _wait_for_stores()
        yield
    finally:
        _call("remove")


def compose(*arguments: str) -> str:
    """Run Compose on the stack; returns what it printed."""
    return _call("compose", *arguments)


def organizer_token() -> str:
    """Return the token of the stack's organizer."""
    return (STATE / "organizer-token").read_text().strip()


def stores_are_given() -> bool:
    """Return whether the environment names a Postgres and a RabbitMQ to use instead of the stack's."""
    return {"ARENA_BENCH_POSTGRES", "ARENA_BENCH_BROKER"} <= os.environ.keys()


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


def _wait_for_stores() -> None:
    """Wait until both servers accept connections: they open their ports when they have set themselves up."""
    until = time.monotonic() + LIMIT_S
    for url in (postgres_url(), broker_url()):
        address = urlsplit(url)
        while True:
            try:
                socket.create_connection((str(address.hostname), address.port or 0), timeout=5).close()
                break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)


def _call(verb: str, *arguments: str) -> str:
    environment = {"ARENA_PROJECT": PROJECT, "ARENA_STATE": str(STATE), "ARENA_PORT": PORT}
    environment["ARENA_SHARE_CPUS"] = "true"  # the runner of the user's own stack may have all of them
    done = subprocess.run(
        ["bash", "deploy/stack.sh", verb, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"stack.sh {verb} {' '.join(arguments)} failed: {done.stderr[-2000:]}")
    return done.stdout
