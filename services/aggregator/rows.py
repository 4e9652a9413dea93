"""What the aggregator's queries return."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class ScoringReference:
    """What losses of one black box are compared with, and the shape that its studies must have.

    `clip` is the loss that counts as 1 and `best` the one that counts as 0; an organizer run has neither.
    """

    submission_id: UUID
    box_id: UUID
    clip: float | None
    best: float | None
    n_calls: int
    n_suggestions: int


@dataclass(frozen=True)
class LockedSubmission:
    """A submission that has not ended, and the number of this change in its phase."""

    id: UUID
    phase_id: UUID
    change: int


@dataclass(frozen=True)
class LockedSubmissions:
    """Submissions that have not ended, locked: the number of this change for each, and for each of their phases."""

    submissions: dict[UUID, int]
    phases: dict[UUID, int]
    phase_of: dict[UUID, UUID]
