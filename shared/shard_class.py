"""Classes of shards: which runners can run a shard depends on its environment and on how many CPUs it takes."""

from collections.abc import Mapping
from dataclasses import dataclass

from arena.words.environments import find_image, split_environment

CPU_COUNTS = (1, 2)
DIGEST_CHARS = 12
"""How much of a pinned digest is in the name: enough to tell images apart, and short."""


@dataclass(frozen=True, order=True)
class ShardClass:
    """The shards of one environment, as the phase states it, that take so many CPUs. Each class has a queue."""

    environment: str
    cpus: int

    @property
    def name(self) -> str:
        """The class in names of queues and routing keys: `small.1`, or `small.0123456789ab.1` for a pinned image."""
        name, digest = split_environment(self.environment)
        pinned = [digest.removeprefix("sha256:")[:DIGEST_CHARS]] if digest else []
        return ".".join([name, *pinned, str(self.cpus)])

    def has_environment(self, environments: Mapping[str, str]) -> bool:
        """Return whether the environment is among these, which are digests by name."""
        return find_image(self.environment, environments) is not None


def served_classes(environments: Mapping[str, str], cpus: int) -> list[ShardClass]:
    """Return every class that a runner with these environments (digests by name) and so many CPUs can run."""
    return [
        ShardClass(environment, count)
        for name, digest in sorted(environments.items())
        for environment in (name, f"{name}@{digest}")
        for count in CPU_COUNTS
        if count <= cpus
    ]
