"""What is shown of a runner that is there, that takes no work, or that is gone."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from arena.words.states import RunnerState
from services.gateway.operations.runners import show_busy_runners, show_runner
from services.gateway.operations.tables import HeldShardRow, RunnerRow

SEEN = datetime(2026, 7, 9, 8, 31, tzinfo=UTC)
RUNNER = RunnerRow("runner-1", 2, 8 * 1024**3, {"small": "sha256:1"}, True, "", SEEN, is_gone=False)
SHARD = HeldShardRow("runner-1", uuid4(), 1, SEEN, uuid4(), "Gaussians", "feedback", "box-07", 0, 1, 0)


def test_a_runner_that_takes_work_is_ready() -> None:
    shown = show_runner(RUNNER)
    assert (shown.ready, shown.state, shown.environments) == (True, RunnerState.READY, {"small": "sha256:1"})


def test_a_runner_that_takes_no_work_says_why() -> None:
    shown = show_runner(replace(RUNNER, ready=False, reason="the disk is full"))
    assert (shown.ready, shown.state, shown.reason) == (False, RunnerState.NOT_READY, "the disk is full")


def test_a_runner_that_was_ready_and_is_gone_is_not_ready_and_says_since_when() -> None:
    shown = show_runner(replace(RUNNER, is_gone=True))
    assert (shown.ready, shown.state) == (False, RunnerState.GONE)
    assert shown.reason == "not heard of since 2026-07-09 08:31:00 UTC"


def test_each_runner_has_the_shards_that_it_holds() -> None:
    busy, idle = show_busy_runners([RUNNER, replace(RUNNER, id="runner-2")], [SHARD])
    assert [each.shard_id for each in busy.doing] == [SHARD.shard_id]
    assert idle.doing == []
