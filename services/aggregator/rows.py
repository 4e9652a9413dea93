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
class ChangedSubmission:
    """A submission that has not ended, with what a batch of results has added to it.

    `change` is the number of this transaction in its phase; `losses` are those of its black boxes, none if it has no
    new study or is an organizer run's.
    """

    id: UUID
    phase_id: UUID
    change: int
    studies: int
    timed_out: int
    suggest_errors: int
    observe_errors: int
    is_complete: bool
    losses: list[float] | None
