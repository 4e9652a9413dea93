"""A database comes back to a moment before something was deleted by mistake, on a server of its own."""

import asyncio
import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.compose import containers_of
from tests.support.stack import ROOT
from tests.support.waiting import SCORING_LIMIT_S, wait_until

SECRETS = ("POSTGRES", "GATEWAY_BROKER", "DISPATCHER_BROKER", "RUNNER_BROKER", "AGGREGATOR_BROKER")


class ArchivedStack:
    """The Postgres of a stack, without services, and its archive."""

    def __init__(self, state: Path, archive: Path) -> None:
        self.project = f"arena-test-{uuid.uuid4().hex[:12]}"
        self.archive = archive
        self._state = state
        self._environment = {**os.environ, "ARENA_PROJECT": self.project, "ARENA_STATE": str(state)}
        state.mkdir()
        lines = (f"ARENA_SECRET_{name}={name.lower()}\n" for name in SECRETS)
        (state / "secrets.env").write_text("".join(lines))

    def run(self, script: str, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run a script of `deploy`."""
        return subprocess.run(
            ["bash", f"deploy/{script}.sh", *map(str, arguments)],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=SCORING_LIMIT_S,
            check=False,
        )

    def succeed(self, script: str, *arguments: str | Path) -> None:
        """Run a script, which must succeed."""
        done = self.run(script, *arguments)
        assert done.returncode == 0, done.stderr

    def begin_archive(self) -> None:
        """Start the archive beside the server that there is, without waiting for either."""
        self.archive.mkdir(mode=0o777)
        self.archive.chmod(0o777)
        (self._state / "archive").write_text(str(self.archive))
        self.succeed("stack", "compose", "up", "-d", "--no-deps", "--no-recreate", "archive")

    def count_starts(self, service: str) -> int:
        """Return how often the engine had to start a service's container again; 0 if it never ended by itself."""
        [container] = containers_of(self.project, service)
        command = ["docker", "inspect", "--format={{.RestartCount}}", container]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    def log(self, service: str) -> str:
        """Return what a service's container has written."""
        [container] = containers_of(self.project, service)
        done = subprocess.run(["docker", "logs", container], capture_output=True, text=True, check=True)
        return done.stdout + done.stderr

    async def ask(self, sql: str) -> str:
        """Return what the database answers, as text."""
        [container] = containers_of(self.project, "postgres")
        psql = ["psql", "--host=127.0.0.1", "--username=arena", "--quiet", "--no-align", "--tuples-only", "arena"]
        command = ["docker", "exec", "--env=PGPASSWORD=postgres", container, *psql, f"--command={sql}"]
        process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        output, _ = await process.communicate()
        return output.decode().strip()


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[ArchivedStack]:
    stack = ArchivedStack(tmp_path / "state", tmp_path / "archive")
    try:
        stack.succeed("stack", "compose", "up", "-d", "--no-deps", "postgres")
        yield stack
    finally:
        stack.succeed("stack", "remove")


async def test_the_database_comes_back_to_a_moment_before_a_deletion(stack: ArchivedStack) -> None:
    await asyncio.to_thread(stack.succeed, "archive", "on", stack.archive)
    await stack.ask("create table submissions as select generate_series(1, 1000) as id")
    moment = await stack.ask("select clock_timestamp()")
    await stack.ask("delete from submissions where id > 10")  # what somebody did not mean
    await wait_until(lambda: archived(stack), what="the archive has every change")

    await asyncio.to_thread(stack.succeed, "archive", "restore", moment)

    assert await stack.ask("select count(*) from submissions") == "1000"
    await stack.ask("insert into submissions values (1001)")  # the server takes changes, and these are kept, too
    later = await stack.ask("select clock_timestamp()")
    await stack.ask("drop table submissions")
    await wait_until(lambda: archived(stack), what="the archive has what came after the restore")
    await asyncio.to_thread(stack.succeed, "archive", "restore", later)
    assert await stack.ask("select count(*) from submissions") == "1001"


async def archived(stack: ArchivedStack) -> bool:
    written = "select flush_lsn >= pg_current_wal_flush_lsn() from pg_stat_replication"
    return await stack.ask(written) == "t"


async def test_an_archive_waits_for_a_server_that_does_not_take_it_yet(stack: ArchivedStack) -> None:
    await wait_until(lambda: answers(stack), what="the server answers")
    await stack.ask("alter system set max_wal_senders to 0")
    await asyncio.to_thread(stack.succeed, "stack", "compose", "restart", "postgres")
    stack.begin_archive()

    await wait_until(lambda: refused_twice(stack), what="the server has refused the archive twice")

    assert stack.count_starts("archive") == 0


async def refused_twice(stack: ArchivedStack) -> bool:
    return stack.log("archive").count("FATAL") >= 2


async def test_a_moment_before_the_first_base_is_refused_and_changes_nothing(stack: ArchivedStack) -> None:
    await asyncio.to_thread(stack.succeed, "archive", "on", stack.archive)
    await stack.ask("create table submissions as select 1 as id")

    refused = await asyncio.to_thread(stack.run, "archive", "restore", "2020-12-01 00:00:00+00")

    assert refused.returncode == 1
    assert "expected a base from before 2020-12-01T00:00:00Z, found none" in refused.stderr
    await asyncio.to_thread(stack.succeed, "stack", "compose", "up", "-d", "--no-deps", "postgres")
    await wait_until(lambda: answers(stack), what="the server is there again")
    assert await stack.ask("select count(*) from submissions") == "1"


async def answers(stack: ArchivedStack) -> bool:
    return await stack.ask("select 1") == "1"


async def test_two_bases_are_kept_and_the_wal_since_the_older(stack: ArchivedStack) -> None:
    await asyncio.to_thread(stack.succeed, "archive", "on", stack.archive)
    first = {path.name for path in (stack.archive / "base").iterdir()}
    for _ in range(2):
        await stack.ask("create table if not exists t (i int); select pg_switch_wal()")
        await asyncio.to_thread(stack.succeed, "archive", "base")

    kept = {path.name for path in (stack.archive / "base").iterdir()}

    assert len(kept) == 2
    assert not kept & first
