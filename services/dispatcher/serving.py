"""Which runners can take the shards of a class: pure decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from arena.words.environments import split_environment
from shared.shard_class import ShardClass


@dataclass(frozen=True)
class ReadyRunners:
    """A number of runners that take work and are the same: their environments (digests by name), and slots of each."""

    environments: dict[str, str]
    slots: int
    number: int


@dataclass(frozen=True)
class TracedRow:
    """A submission or shard whose state has changed, and the trace of the submission."""

    id: UUID
    traceparent: str | None


def count_places(shard_class: ShardClass, runners: Sequence[ReadyRunners]) -> int:
    """Return how many shards of a class these runners can run side by side, if they run nothing else."""
    return sum(
        each.number * (each.slots // shard_class.cpus)
        for each in runners
        if shard_class.has_environment(each.environments)
    )


def explain_unserved(shard_class: ShardClass, runners: Sequence[ReadyRunners], waited_s: float) -> str:
    """Return why none of these runners can take the shards of a class, and what to do about it, for the organizer."""
    name, digest = split_environment(shard_class.environment)
    pinned = f" with the digest {digest}" if digest else ""
    having = [each for each in runners if shard_class.has_environment(each.environments)]
    if having:
        most = max(each.slots for each in having)
        return (
            f"Expected a runner with {shard_class.cpus} CPUs and the environment {name}{pinned}, found none in "
            f"{waited_s:g} s: of those with the environment, none has more than {most}. Start a runner with more "
            "slots; the shard then goes on by itself."
        )
    others = sorted({each.environments[name] for each in runners if name in each.environments})
    found = f"; runners have it with {', '.join(others)}" if others else ""
    return (
        f"Expected a runner with the environment {name}{pinned}, found none in {waited_s:g} s{found}. "
        f"Pull its image on a runner, or build it there ('arena images build {name}'); the shard then goes on by "
        "itself."
    )
