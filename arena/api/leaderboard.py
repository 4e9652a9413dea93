"""The leaderboard of a phase: each team's counting submission, ranked."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from arena.api.body import Body, Interval, example, example_of
from arena.api.competition_document import Board
from arena.words.environments import ParameterNames
from arena.words.states import SubmissionState


class CurrentSubmission(Body):
    """A team's newest submission that has not ended; its score, if it has one, is provisional."""

    model_config = example(
        submission_id="7c9e6679-7425-40de-944b-e07fc1f90ae7", score=81.2, studies_done=12, studies_total=300
    )
    submission_id: UUID
    score: float | None
    studies_done: int
    studies_total: int


class TeamColumns(Body):
    """The fields of a row that come from the leaderboard's queries, where each is a column of the same name.

    `changed_at` is when the team last submitted, or one of its submissions began or ended. `curve` is the counting
    submission's mean score after each iteration, from the first on.
    """

    model_config = example(
        team="Gaussians", submissions=17, changed_at="2026-07-09T08:30:00Z", curve=[49.0, 68.0, 80.0, 92.4]
    )
    team: str
    submissions: int
    changed_at: datetime
    curve: list[float] | None


class LeaderboardRow(TeamColumns):
    """A team on the leaderboard: its counting submission, or until it has one, its current submission without a rank.

    `within_noise_of_next` is true if the order of this team and the next may be chance.
    """

    model_config = example(
        **example_of(TeamColumns),
        rank=1,
        submission_id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
        state="scored",
        score=92.4,
        interval=[90.1, 94.7],
        provisional=False,
        within_noise_of_next=True,
        studies_done=300,
        studies_total=300,
        current=None,
    )
    rank: int | None
    submission_id: UUID
    state: SubmissionState
    score: float | None
    interval: Interval | None
    provisional: bool
    within_noise_of_next: bool
    studies_done: int
    studies_total: int
    current: CurrentSubmission | None


class BoardRow(Body):
    """A team on a board, or an optimizer of the organizer's, which is a `baseline` and has no rank.

    The team's submission is that of the phase's leaderboard. Its score is by the board's rule, and so are its interval
    and `within_noise_of_next`. Studies are those on the black boxes that the board scores.
    """

    model_config = example(
        team="Gaussians",
        baseline=False,
        rank=1,
        score=71.3,
        interval=[66.0, 76.6],
        provisional=False,
        within_noise_of_next=True,
        studies_done=300,
        studies_total=300,
    )
    team: str
    baseline: bool
    rank: int | None
    score: float | None
    interval: Interval | None
    provisional: bool
    within_noise_of_next: bool
    studies_done: int
    studies_total: int


class Leaderboard(Body):
    """A phase's leaderboard, including all changes up to number `change`.

    While it is `frozen`, everybody but organizers sees it as it was at `frozen_at`. `baseline_rows` are optimizers of
    the organizer's, the best first; they have no rank and no change number.
    """

    model_config = example(
        competition="spring",
        phase="feedback",
        change=1042,
        frozen=False,
        frozen_at=None,
        rows=[example_of(LeaderboardRow)],
        baseline_rows=[{**example_of(BoardRow), "team": "Random search", "baseline": True, "rank": None}],
    )
    competition: str
    phase: str
    change: int
    frozen: bool
    frozen_at: datetime | None
    rows: list[LeaderboardRow]
    baseline_rows: Annotated[list[BoardRow], Field(default_factory=list)]


class BoardRanking(Body):
    """A board with its rule and its rows, including all changes of its phase up to number `change`.

    `n_boxes` says how many black boxes it scores, `n_calls` how many iterations a study has, and `parameter_names` what
    optimizers see of their names. While the phase is `frozen`, everybody but organizers sees the board as it was at
    `frozen_at`.
    """

    model_config = example(
        competition="spring",
        board=example_of(Board),
        parameter_names="visible",
        n_boxes=1,
        n_calls=16,
        change=1042,
        frozen=False,
        frozen_at=None,
        rows=[example_of(BoardRow)],
    )
    competition: str
    board: Board
    parameter_names: ParameterNames
    n_boxes: int
    n_calls: int
    change: int
    frozen: bool
    frozen_at: datetime | None
    rows: list[BoardRow]


class BoardList(Body):
    """The boards of a competition that the caller may see, beside the leaderboards of its phases; 20 at most."""

    model_config = example(boards=[example_of(Board)])
    boards: list[Board]


class AnytimeEstimate(Body):
    """A quantity with its 95 % interval, of a bootstrap over black boxes and studies."""

    model_config = example(value=81.2, low=78.9, high=83.4)
    value: float
    low: float
    high: float


class RunningTime(Body):
    """How many evaluations it takes to reach a target, with the 95 % interval, if studies start anew until one does.

    Null is never: no study has reached it. `reached_by` is the share of studies that did.
    """

    model_config = example(value=74.5, low=61.0, high=None, reached_by=0.62)
    value: float | None
    low: float | None
    high: float | None
    reached_by: float


class TeamPerformance(Body):
    """A team's counting submission at any budget.

    `area` is the mean score over all iterations, which is the area under the convergence curve. `scores` and `ecdf`
    have an entry for each of the phase's `budgets`, `running_times` one for each of its `targets`. The ECDF is the
    share of (study, target) pairs that are reached within a budget.
    """

    model_config = example(
        team="Gaussians",
        rank=1,
        submission_id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
        area=example_of(AnytimeEstimate),
        scores=[example_of(AnytimeEstimate)],
        ecdf=[{"value": 0.41, "low": 0.38, "high": 0.44}],
        running_times=[example_of(RunningTime)],
    )
    team: str
    rank: int
    submission_id: UUID
    area: AnytimeEstimate
    scores: list[AnytimeEstimate]
    ecdf: list[AnytimeEstimate]
    running_times: list[RunningTime]


class Performance(Body):
    """The first teams of a phase's leaderboard at any budget; `ranked` is how many teams that has.

    `budgets` are numbers of iterations, each of `n_suggestions` evaluations. `targets` are scores to reach.
    """

    model_config = example(
        competition="spring",
        phase="feedback",
        frozen=False,
        n_suggestions=8,
        budgets=[16],
        targets=[87.1],
        ranked=70,
        teams=[example_of(TeamPerformance)],
    )
    competition: str
    phase: str
    frozen: bool
    n_suggestions: int
    budgets: list[int]
    targets: list[float]
    ranked: int
    teams: list[TeamPerformance]


class GeneralizationRow(Body):
    """A team of the leaderboard, and what the generalization losses of its counting submission would give it.

    Both are null where the baseline set lacks a black box.
    """

    model_config = example(
        team="Gaussians",
        submission_id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
        rank=1,
        score=92.4,
        generalization_rank=3,
        generalization_score=88.1,
        generalization_interval=[85.0, 91.2],
    )
    team: str
    submission_id: UUID
    rank: int
    score: float | None
    generalization_rank: int | None
    generalization_score: float | None
    generalization_interval: Interval | None


class GeneralizationRanking(Body):
    """The ranked teams of a phase's leaderboard, in its order, with their generalization scores and ranks.

    `revealed_at` is since when everybody may see them; null means organizers alone.
    """

    model_config = example(
        competition="spring",
        phase="final",
        revealed_at="2026-10-20T12:00:00Z",
        rows=[example_of(GeneralizationRow)],
    )
    competition: str
    phase: str
    revealed_at: datetime | None
    rows: list[GeneralizationRow]
