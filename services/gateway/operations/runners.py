"""Turns rows of runners into what the API shows. Pure."""

from collections.abc import Iterable
from dataclasses import asdict

from arena.api.operations import BusyRunner, RunnerSummary, RunningShard
from arena.words.states import RunnerState
from services.gateway.operations.tables import HeldShardRow, RunnerRow


def show_runner(row: RunnerRow) -> RunnerSummary:
    """Return a runner as the API shows it. The last report of a runner that is gone no longer holds."""
    if row.is_gone:
        state, reason = RunnerState.GONE, f"not heard of since {row.seen_at:%Y-%m-%d %H:%M:%S} UTC"
    else:
        state, reason = RunnerState.READY if row.ready else RunnerState.NOT_READY, row.reason
    return RunnerSummary(
        id=row.id,
        slots=row.slots,
        memory_bytes=row.memory_bytes,
        environments=row.environments,
        ready=state == RunnerState.READY,
        reason=reason,
        state=state,
        seen_at=row.seen_at,
    )


def show_busy_runners(runners: Iterable[RunnerRow], held: Iterable[HeldShardRow]) -> list[BusyRunner]:
    """Return each runner with the shards that it holds."""
    doing: dict[str, list[RunningShard]] = {}
    for row in held:
        fields = asdict(row)
        doing.setdefault(fields.pop("runner_id"), []).append(RunningShard(**fields))
    return [BusyRunner(**show_runner(row).model_dump(), doing=doing.get(row.id, [])) for row in runners]
