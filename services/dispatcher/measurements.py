"""What the dispatcher knows of all work and all runners, as metrics. Every dispatcher tells the same."""

from collections.abc import Mapping

from prometheus_client import Gauge

from arena.words.states import ShardState
from services.dispatcher.serving_tables import count_backlog, count_incidents, count_runners
from shared.database import Pool

CPUS_WANTED = Gauge(
    "arena_cpus_wanted", "CPUs that all open shards want, those that run included", ["environment", "family"]
)
SHARDS = Gauge("arena_shards_open", "Shards that have not ended", ["environment", "family", "state"])
INCIDENTS = Gauge("arena_incidents_open", "Shards that wait for the organizer, or for a runner that can take them")
RUNNERS = Gauge("arena_runners", "Runners that are there, ready to take work or not", ["state"])
SLOTS = Gauge("arena_runner_slots", "Slots of all runners that are ready")
UNSERVED = Gauge("arena_unserved_seconds", "How long no ready runner has been able to take this class", ["shard_class"])
MEASURED = Gauge("arena_work_measured_timestamp_seconds", "When the other metrics of all work and runners were taken")


async def measure_work(pool: Pool, seen_s: float) -> None:
    """Look at the tables and set the metrics. An environment or a problem family without work has none."""
    found, runners = await count_backlog(pool), await count_runners(pool, seen_s)
    INCIDENTS.set(await count_incidents(pool))
    CPUS_WANTED.clear()
    SHARDS.clear()
    for each in found:
        CPUS_WANTED.labels(each.environment, each.family).set(each.cpus)
        SHARDS.labels(each.environment, each.family, ShardState.PENDING).set(each.pending)
        SHARDS.labels(each.environment, each.family, ShardState.RELEASED).set(each.released)
        SHARDS.labels(each.environment, each.family, ShardState.RUNNING).set(each.running)
    RUNNERS.labels("ready").set(runners.ready)
    RUNNERS.labels("unready").set(runners.unready)
    SLOTS.set(runners.slots)
    MEASURED.set_to_current_time()


def measure_unserved(since_s: Mapping[str, float]) -> None:
    """Set for how many seconds each class that nobody serves has been without a runner."""
    UNSERVED.clear()
    for shard_class, seconds in since_s.items():
        UNSERVED.labels(shard_class).set(seconds)
