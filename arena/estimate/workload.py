"""The work of a competition before it opens, from what a probe of each black box took. Pure arithmetic."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from arena.rules import machine_hours as rates

HOUR_S = 3600.0


@dataclass(frozen=True)
class WorkPlan:
    """What is expected: who submits how much, how a study is cut, and what there is to run it on.

    `overhead_s` is what a study takes beyond its evaluations: the optimizer's own time, and its container's. A machine
    runs `slots` studies side by side; `price` is of a machine-hour.
    """

    teams: int = 30
    submissions: int = 30
    studies: int = 10
    n_calls: int = 16
    n_suggestions: int = 8
    overhead_s: float = 1.0
    runners: int = 30
    slots: int = 1
    price: float = 0.0

    @property
    def evaluations(self) -> int:
        """Evaluations in a study."""
        return self.n_calls * self.n_suggestions

    @property
    def studies_per_box(self) -> int:
        """Studies on one black box in the whole competition."""
        return self.teams * self.submissions * self.studies


@dataclass(frozen=True)
class Probe:
    """What evaluations of random points took on one black box.

    `evaluation_s` has the wall time of each evaluation, which other work on the machine lengthens. `evaluation_cpu_s`
    is the CPU time of all of them together, which it does not; None if it was measured before CPU time was kept.
    """

    label: str
    model: str
    dataset: str
    metric: str
    evaluation_s: tuple[float, ...]
    evaluation_cpu_s: float | None


@dataclass(frozen=True)
class WorkCost:
    """What work takes: `wall_hours` with all runners busy all the time."""

    studies: int
    trainings: int
    machine_hours: float
    wall_hours: float
    price: float


@dataclass(frozen=True)
class BoxEstimate:
    """One black box: what a study takes, its share of the whole, and what leaving it out saves.

    `study_s` is CPU time if `is_cpu_time`, else wall time. `error_s` is its standard error, if there were two
    evaluations: from the scatter of their wall times, in proportion to the CPU time, which is not known one by one.
    """

    label: str
    model: str
    dataset: str
    metric: str
    probed: int
    study_s: float
    error_s: float | None
    is_cpu_time: bool
    share: float
    saves: WorkCost


@dataclass(frozen=True)
class Estimate:
    """The table that an organizer decides from, most expensive black box first.

    `submission_hours` is what one submission takes when it has all machines.
    """

    plan: WorkPlan
    rows: tuple[BoxEstimate, ...]
    total: WorkCost
    submission_hours: float


def trainings(plan: WorkPlan, n_boxes: int) -> int:
    """Return how many models are trained and evaluated in the whole competition."""
    return plan.studies_per_box * n_boxes * plan.evaluations


def cost(plan: WorkPlan, study_s: Sequence[float]) -> WorkCost:
    """Return what the competition takes on black boxes whose studies take these seconds."""
    slot_hours = plan.studies_per_box * math.fsum(study_s) / HOUR_S
    machine_hours = rates.machine_hours(slot_hours, plan.slots)
    return WorkCost(
        studies=plan.studies_per_box * len(study_s),
        trainings=trainings(plan, len(study_s)),
        machine_hours=machine_hours,
        wall_hours=machine_hours / plan.runners,
        price=rates.cost(machine_hours, plan.price),
    )


def estimate_work(plan: WorkPlan, probes: Sequence[Probe]) -> Estimate:
    """Return the estimate of a competition on these black boxes; each has at least one evaluation."""
    study_s = {probe.label: _study_s(plan, probe) for probe in probes}
    whole = math.fsum(study_s.values())
    rows = [
        BoxEstimate(
            label=probe.label,
            model=probe.model,
            dataset=probe.dataset,
            metric=probe.metric,
            probed=len(probe.evaluation_s),
            study_s=study_s[probe.label],
            error_s=_error_s(plan, probe),
            is_cpu_time=probe.evaluation_cpu_s is not None,
            share=study_s[probe.label] / whole if whole else 0.0,
            saves=cost(plan, [study_s[probe.label]]),
        )
        for probe in probes
    ]
    at_once = min(plan.runners * plan.slots, plan.studies * len(probes))
    longest_s = max(study_s.values(), default=0.0)
    return Estimate(
        plan=plan,
        rows=tuple(sorted(rows, key=lambda row: (-row.study_s, row.label))),
        total=cost(plan, list(study_s.values())),
        submission_hours=max(longest_s, plan.studies * whole / max(at_once, 1)) / HOUR_S,
    )


def _study_s(plan: WorkPlan, probe: Probe) -> float:
    wall_s = math.fsum(probe.evaluation_s)
    spent_s = wall_s if probe.evaluation_cpu_s is None else probe.evaluation_cpu_s
    return spent_s / len(probe.evaluation_s) * plan.evaluations + plan.overhead_s


def _error_s(plan: WorkPlan, probe: Probe) -> float | None:
    n, wall_s = len(probe.evaluation_s), math.fsum(probe.evaluation_s)
    if n < 2 or not wall_s:
        return None
    cpu_share = 1.0 if probe.evaluation_cpu_s is None else probe.evaluation_cpu_s / wall_s
    return plan.evaluations * cpu_share * statistics.stdev(probe.evaluation_s) / math.sqrt(n)


def by_cell(rows: Sequence[BoxEstimate]) -> dict[tuple[str, str], tuple[float, float]]:
    """Return (CPU-seconds, share) by (model, data set): a study on each of its metrics."""
    cells: dict[tuple[str, str], tuple[float, float]] = {}
    for row in rows:
        seconds, share = cells.get((row.model, row.dataset), (0.0, 0.0))
        cells[row.model, row.dataset] = seconds + row.study_s, share + row.share
    return cells
