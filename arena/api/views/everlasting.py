"""A final that was reopened as an everlasting benchmark, and the black boxes that it revealed."""

from datetime import datetime

from arena.api.body import Body, Interval, Page, example, example_of


class ReopenedPhase(Body):
    """A phase that takes entries again, since when, and under which quotas; its leaderboard is frozen since then."""

    model_config = example(
        competition="spring",
        phase="final",
        reopened_at="2026-12-01T12:00:00Z",
        attempts_per_day=10,
        active_submissions=2,
    )
    competition: str
    phase: str
    reopened_at: datetime
    attempts_per_day: int | None
    active_submissions: int | None


class RevealedProblem(Body):
    """A black box of a competition that has ended, and the test problem that it was."""

    model_config = example(label="box-07", test_case="kNN_iris_acc")
    label: str
    test_case: str


class RevealedProblemPage(Page):
    """The black boxes of a reopened competition, by label."""

    model_config = example(black_boxes=[example_of(RevealedProblem)], next=None)
    black_boxes: list[RevealedProblem]


class EverlastingRow(Body):
    """A team on an everlasting benchmark.

    `later` says that its counting submission was made after the phase was reopened. `final_rank` and `final_score` are
    those of the frozen final; null for a team that was not in it.
    """

    model_config = example(
        team="Gaussians",
        rank=1,
        score=93.0,
        interval=[90.9, 95.1],
        provisional=False,
        within_noise_of_next=True,
        later=True,
        final_rank=2,
        final_score=91.4,
    )
    team: str
    rank: int | None
    score: float | None
    interval: Interval | None
    provisional: bool
    within_noise_of_next: bool
    later: bool
    final_rank: int | None
    final_score: float | None


class EverlastingBenchmark(Body):
    """A reopened phase: all entries in one ranking, those of the final and later ones, up to number `change`."""

    model_config = example(
        competition="spring",
        phase="final",
        reopened_at="2026-12-01T12:00:00Z",
        change=2044,
        rows=[example_of(EverlastingRow)],
    )
    competition: str
    phase: str
    reopened_at: datetime
    change: int
    rows: list[EverlastingRow]
