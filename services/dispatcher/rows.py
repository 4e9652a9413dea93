"""What the dispatcher's queries return."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from arena.words.environments import ParameterNames
from arena.words.states import ShardState
from shared.messages import HeldShard
from shared.shard_class import ShardClass


@dataclass(frozen=True)
class ReleasedShard:
    """One attempt at a shard that was just released, with all that a runner must know of it."""

    shard_id: UUID
    attempt: int
    submission_id: UUID
    box_id: UUID
    first_study: int
    n_studies: int
    family: str
    model: str
    dataset: str
    metric: str
    dataset_sha256: str | None
    signature_wanted: bool
    n_calls: int
    n_suggestions: int
    limits: dict[str, Any]
    environment: str
    cpus: int
    parameter_names: ParameterNames
    runtime: str | None
    blob_sha256: str
    competition_seed: str
    traceparent: str | None


@dataclass(frozen=True)
class LostAttempt:
    """An attempt that nobody works on any more; `runner_id` is None when no runner had taken it."""

    shard_id: UUID
    attempt: int
    runner_id: str | None

    @property
    def held(self) -> HeldShard:
        """Return the attempt as runners name it."""
        return HeldShard(shard_id=self.shard_id, attempt=self.attempt)


@dataclass(frozen=True)
class RequeuedShard:
    """A shard whose attempt ended without a result, and what it is now."""

    submission_id: UUID
    state: ShardState
    traceparent: str | None


@dataclass(frozen=True)
class OpenClass:
    """A class of shards of submissions that have not ended, and how many of them are on the broker, not yet taken."""

    environment: str
    cpus: int
    memory_mib: int
    family: str
    released: int

    @property
    def shard_class(self) -> ShardClass:
        """Return the class."""
        return ShardClass(self.environment, self.cpus, self.memory_mib, self.family)


@dataclass(frozen=True)
class OpenSubmission:
    """A submission that has not ended, and its phase."""

    id: UUID
    phase_id: UUID
    traceparent: str | None


@dataclass(frozen=True)
class EnvironmentBacklog:
    """How many shards of an environment and a problem family are open, on runners or not, their CPUs and states."""

    environment: str
    family: str
    shards: int
    cpus: int
    pending: int
    released: int
    running: int


@dataclass(frozen=True)
class PresentRunners:
    """How many runners are there that take work, and that do not, and the slots of the former."""

    ready: int
    unready: int
    slots: int
