"""The leaderboard of a phase: each team's counting submission, ranked."""

from datetime import datetime
from uuid import UUID

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


class Leaderboard(Body):
    """A phase's leaderboard, including all changes up to number `change`.

    While it is `frozen`, everybody but organizers sees it as it was at `frozen_at`.
    """

    model_config = example(
        competition="spring",
        phase="feedback",
        change=1042,
        frozen=False,
        frozen_at=None,
        rows=[example_of(LeaderboardRow)],
    )
    competition: str
    phase: str
    change: int
    frozen: bool
    frozen_at: datetime | None
    rows: list[LeaderboardRow]


class BoardRow(Body):
    """A team on a board, or an optimizer of the organizer's, which is a `baseline` and has no rank.

    The team's submission is that of the phase's leaderboard. Its score is by the board's rule, and so are its interval
    and `within_noise_of_next`.
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
