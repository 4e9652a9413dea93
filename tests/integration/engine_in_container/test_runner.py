"""A runner and the engine of its pod, and what becomes of a study when one of them ends or is told to."""

import hashlib
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from uuid import UUID

import pytest

from shared.blobs import Blobs
from shared.broker.connection import Broker
from shared.database import Pool
from shared.messages import SubmissionAccepted
from tests.support.sandbox.engine_container import EngineContainer, NodeFiles, running_engine
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.seeding import seed_phase, seed_submission
from tests.support.service_settings import PlatformSettings, platform_settings
from tests.support.services.pipeline import control, is_scored
from tests.support.stack import free_port, running_process
from tests.support.waiting import SCORING_LIMIT_S, wait_until

SLOW = "time.sleep(0.5)"


@pytest.fixture
def settings(database_url: str, broker_url: str, tmp_path: Path) -> PlatformSettings:
    return platform_settings(database_url, broker_url, tmp_path, lease_s=60, message_lost_s=60, sweep_interval_s=0.2)


async def accept(pool: Pool, broker: Broker, blobs: Blobs, suggest: str, *, boxes: int) -> UUID:
    """Queue a submission with one study a box, of as many iterations as it takes to be in the middle of one."""
    content = make_optimizer(suggest=suggest)
    sha256 = hashlib.sha256(content).hexdigest()
    await blobs.put(sha256, content)
    submission = await seed_submission(
        pool, await seed_phase(pool, boxes=boxes, studies_per_box=1, n_calls=8), blob_sha256=sha256
    )
    await broker.publish([SubmissionAccepted(submission_id=submission)])
    return submission


@contextmanager
def running_pod(
    node: NodeFiles, settings: PlatformSettings, log: Path, *, exit_code: int = 0, **more: str
) -> Iterator[tuple[EngineContainer, Popen[bytes]]]:
    """A runner, and the engine that it has for itself; the runner has to end with this code."""
    with running_engine(node) as engine:
        environment = {
            "ARENA_ENGINE_URL": engine.url,
            "ARENA_LOCK_FILE": str(engine.lock),
            "ARENA_SLOTS": "1",
            "ARENA_GRACE_S": "600",
            "ARENA_ENGINE_CHECK_INTERVAL_S": "0.5",
            **more,
        }
        with running_process("runner", settings.runner, free_port(), log, environment, exit_code=exit_code) as runner:
            yield engine, runner


async def wait_for_study(pool: Pool, engine: EngineContainer, runner: Popen[bytes]) -> None:
    async def runs() -> bool:
        assert engine.exit_code is None, engine.log
        assert runner.poll() is None, "the runner has ended"
        return await pool.fetchval("select state = 'running' from shards") is True

    await wait_until(runs, what="a study runs", limit_s=SCORING_LIMIT_S / 2)


async def outcomes(pool: Pool) -> list[str]:
    return [row["outcome"] for row in await pool.fetch("select outcome from executions")]


async def test_sigterm_to_both_in_the_middle_of_a_study_lets_it_finish(
    node: NodeFiles, pool: Pool, broker: Broker, settings: PlatformSettings, tmp_path: Path
) -> None:
    blobs = Blobs(settings.runner.blob_url)
    submission = await accept(pool, broker, blobs, SLOW, boxes=1)

    async with control(settings):
        with running_pod(node, settings, tmp_path / "runner.log") as (engine, runner):
            await wait_for_study(pool, engine, runner)
            engine.kill("TERM")
            runner.terminate()
            await wait_until(lambda: is_scored(pool, submission), what="scored", limit_s=SCORING_LIMIT_S / 2)
            assert await engine.wait_ended() == 0
            assert "engine: the runner is gone" in engine.log
            assert runner.wait() == 0

    assert await outcomes(pool) == ["done"]


async def test_pods_that_end_when_idle_score_a_submission_and_lose_nothing(
    node: NodeFiles, pool: Pool, broker: Broker, settings: PlatformSettings, tmp_path: Path
) -> None:
    submission = await accept(pool, broker, Blobs(settings.runner.blob_url), "", boxes=2)

    async with control(settings):
        while not await is_scored(pool, submission):
            with running_pod(node, settings, tmp_path / "runner.log", ARENA_EXIT_WHEN_IDLE_S="1") as (engine, runner):
                assert await engine.wait_ended() == 0
                assert runner.wait() == 0

    assert await outcomes(pool) == ["done", "done"]


async def test_an_engine_whose_runner_is_killed_ends_and_the_study_is_run_by_the_next(
    node: NodeFiles, pool: Pool, broker: Broker, settings: PlatformSettings, tmp_path: Path
) -> None:
    submission = await accept(pool, broker, Blobs(settings.runner.blob_url), SLOW, boxes=1)

    async with control(settings):
        with running_pod(node, settings, tmp_path / "killed.log", exit_code=-signal.SIGKILL) as (engine, runner):
            await wait_for_study(pool, engine, runner)
            runner.kill()
            assert await engine.wait_ended() == 0, "the engine knows of its runner's end without being told"
    async with control(settings.with_changes(lease_s=1.0)):  # short while there is no runner that might be slow
        await wait_until(lambda: pool.fetchval("select state <> 'running' from shards"), what="taken from the dead")
    async with control(settings):
        with running_pod(node, settings.with_runner("next"), tmp_path / "next.log"):
            await wait_until(lambda: is_scored(pool, submission), what="scored", limit_s=SCORING_LIMIT_S / 2)

    assert sorted(await outcomes(pool)) == ["done", "lease_expired"]
