"""How often a runner says that it is there."""

from uuid import uuid4

from services.dispatcher.settings import DispatcherSettings
from services.runner.heartbeats import pause_s
from services.runner.settings import RunnerSettings
from shared.messages import HeldShard, RunnerHeartbeat

INTERVAL_S = RunnerSettings.model_fields["heartbeat_interval_s"].default
LEASE_S = DispatcherSettings.model_fields["lease_s"].default


def heartbeat(*held: HeldShard) -> RunnerHeartbeat:
    return RunnerHeartbeat(runner_id="runner", slots=2, ready=True, reason="", held=list(held))


def test_a_runner_with_work_speaks_at_every_interval() -> None:
    assert pause_s(heartbeat(HeldShard(shard_id=uuid4(), attempt=1)), INTERVAL_S) == INTERVAL_S


def test_a_runner_without_work_speaks_seldomer_and_three_times_in_a_lease() -> None:
    pause = pause_s(heartbeat(), INTERVAL_S)
    assert pause > INTERVAL_S
    assert 3 * pause <= LEASE_S
