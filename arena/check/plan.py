"""What a check runs, and what came of it."""

from dataclasses import dataclass, field

from arena.sandbox.protocol import Scores
from arena.sandbox.study import BoxLosses, Fatal, StudyOutcome
from arena.scales import Scale
from arena.words.environments import DEFAULT_ENVIRONMENT, ParameterNames
from arena.words.limits import Limits

Key = tuple[str, int]
"""A study: black box and number."""


@dataclass(frozen=True)
class CheckPlan:
    """Which studies to run, and what their losses are measured against."""

    scales: dict[str, Scale]
    studies: int
    n_calls: int
    n_suggestions: int
    limits: Limits
    seed: str
    twice: bool
    environment: str = DEFAULT_ENVIRONMENT
    parameter_names: ParameterNames = "visible"

    @property
    def keys(self) -> list[Key]:
        """Every study: each black box once before any twice, so that faults show early."""
        return [(box, study) for study in range(self.studies) for box in self.scales]


@dataclass
class Outcome:
    """What came of a plan: the one or two results of each study, their scores, and what ended it early."""

    finished: dict[Key, list[StudyOutcome]] = field(default_factory=dict)
    fatal: tuple[Key, Fatal] | None = None
    scores: Scores | None = None
    shared_cpus: list[int] = field(default_factory=list)
    images: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def finished_studies(outcome: Outcome, box: str) -> list[int]:
    """Return the numbers of the studies of a black box that finished."""
    return sorted(number for of_box, number in outcome.finished if of_box == box)


def losses_by_box(plan: CheckPlan, outcome: Outcome) -> dict[str, BoxLosses]:
    """Return what is to be scored: of a study that ran twice the first result."""
    return {
        box: BoxLosses(scale.clip, scale.best, [outcome.finished[box, number][0].visible for number in numbers])
        for box, scale in sorted(plan.scales.items())
        if (numbers := finished_studies(outcome, box))
    }
