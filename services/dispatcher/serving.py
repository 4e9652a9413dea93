"""Which runners can take the shards of a class: pure decisions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from arena.words.environments import SKLEARN, split_environment
from shared.shard_class import GIBIBYTE, MEBIBYTE, USUAL_MEMORY_MIB, ShardClass


@dataclass(frozen=True)
class ReadyRunners:
    """A number of runners that take work and are the same: environments and families (digests by name), slots of each.

    Where `memory_bytes` is None, they are of a version that does not say how much they have.
    """

    environments: dict[str, str]
    slots: int
    memory_bytes: int | None
    number: int
    families: dict[str, str] = field(default_factory=dict)

    def count_places(self, shard_class: ShardClass) -> int:
        """Return how many shards of a class all of them can run side by side, if they run nothing else."""
        if not shard_class.has_environment(self.environments) or not self.has_family(shard_class):
            return 0
        return self.number * min(self.slots // shard_class.cpus, self._count_memories(shard_class))

    def has_family(self, shard_class: ShardClass) -> bool:
        """Return whether they have the problem family of a class; Bayesmark's own is with all of them."""
        return shard_class.family in {SKLEARN, *self.families}

    def _count_memories(self, shard_class: ShardClass) -> int:
        """Return for how many shards one has the memory; who does not say has it for the usual class alone."""
        if self.memory_bytes is None:
            return self.slots if shard_class.memory_mib == USUAL_MEMORY_MIB else 0
        return self.memory_bytes // (shard_class.memory_mib * MEBIBYTE)


@dataclass(frozen=True)
class TracedRow:
    """A submission or shard whose state has changed, and the trace of the submission."""

    id: UUID
    traceparent: str | None


def count_places(shard_class: ShardClass, runners: Sequence[ReadyRunners]) -> int:
    """Return how many shards of a class these runners can run side by side, if they run nothing else."""
    return sum(each.count_places(shard_class) for each in runners)


def explain_unserved(shard_class: ShardClass, runners: Sequence[ReadyRunners], waited_s: float) -> str:
    """Return why none of these runners can take the shards of a class, and what to do about it, for the organizer."""
    name, digest = split_environment(shard_class.environment)
    pinned = f" with the digest {digest}" if digest else ""
    having = [each for each in runners if shard_class.has_environment(each.environments)]
    if having and not any(each.has_family(shard_class) for each in having):
        return (
            f"Expected a runner with the environment {name}{pinned} and the problem family {shard_class.family}, found "
            f"none in {waited_s:g} s. Build its image where a runner is ('arena images build "
            f"family-{shard_class.family}'), or load it there, if it is the organizer's own; the shard then goes on by "
            "itself."
        )
    having = [each for each in having if each.has_family(shard_class)]
    wide = [each for each in having if each.slots >= shard_class.cpus]
    if wide:
        memory_gib = shard_class.memory_mib * MEBIBYTE / GIBIBYTE
        most_gib = max(each.memory_bytes or 0 for each in wide) / GIBIBYTE
        return (
            f"Expected a runner with the environment {name}{pinned} and {memory_gib:g} GiB of memory, which the "
            f"optimizer and the black box may use together, found none in {waited_s:g} s: of those with the "
            f"environment, none has more than {most_gib:.1f} GiB. Start a runner on a machine with more memory; the "
            "shard then goes on by itself."
        )
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
