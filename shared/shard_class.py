"""Classes of shards: which runners can run a shard depends on its environment, CPUs, memory and problem family."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from arena.sandbox.fixed_limits import BLACKBOX_MEMORY_BYTES, LEAST_LIMIT_BYTES, study_memory_bytes
from arena.words.environments import SKLEARN, find_image, split_environment
from arena.words.limits import Limits

CPU_COUNTS = (1, 2)
MEBIBYTE, GIBIBYTE = 1024**2, 1024**3
USUAL_MEMORY_MIB = (LEAST_LIMIT_BYTES + BLACKBOX_MEMORY_BYTES) // MEBIBYTE
"""What a study takes under the default limits, or under lower ones."""
DIGEST_CHARS = 12
"""How much of a pinned digest is in the name: enough to tell images apart, and short."""


@dataclass(frozen=True, order=True)
class ShardClass:
    """The shards of one environment, as the phase states it, that take so many CPUs, and so much memory or less.

    Their black boxes are of one problem family.

    Each class has a queue.
    """

    environment: str
    cpus: int
    memory_mib: int = USUAL_MEMORY_MIB
    family: str = SKLEARN

    @property
    def name(self) -> str:
        """The class in names of queues and routing keys: `small.1`, or `small.0123456789ab.1` for a pinned image.

        What takes more than the usual memory says how much: `small.1.12288`. What is not of Bayesmark's own family says
        of which it is: `small.1.bbob`. The usual class goes without it, as it did
        before classes had memory or a family, so that services of either kind find each other.
        """
        name, digest = split_environment(self.environment)
        pinned = [digest.removeprefix("sha256:")[:DIGEST_CHARS]] if digest else []
        memory = [str(self.memory_mib)] if self.memory_mib != USUAL_MEMORY_MIB else []
        family = [self.family] if self.family != SKLEARN else []
        return ".".join([name, *pinned, str(self.cpus), *memory, *family])

    def has_environment(self, environments: Mapping[str, str]) -> bool:
        """Return whether the environment is among these, which are digests by name."""
        return find_image(self.environment, environments) is not None


def study_memory_mib(limits: Limits) -> int:
    """Return how much memory a study takes in both its containers, as classes count it."""
    return study_memory_bytes(limits) // MEBIBYTE


def served_classes(
    environments: Mapping[str, str], cpus: int, memory_bytes: int, families: Collection[str] = (SKLEARN,)
) -> list[ShardClass]:
    """Return every class that a runner with these environments (digests by name), CPUs, memory and families can run."""
    return [
        ShardClass(environment, count, memory_mib, family)
        for name, digest in sorted(environments.items())
        for environment in (name, f"{name}@{digest}")
        for count in CPU_COUNTS
        if count <= cpus
        for memory_mib in _memories(memory_bytes)
        for family in families
    ]


def _memories(memory_bytes: int) -> list[int]:
    """Return what the classes take that fit into so much memory."""
    found, limit_bytes = [], LEAST_LIMIT_BYTES
    while limit_bytes + BLACKBOX_MEMORY_BYTES <= memory_bytes:
        found.append((limit_bytes + BLACKBOX_MEMORY_BYTES) // MEBIBYTE)
        limit_bytes *= 2
    return found
