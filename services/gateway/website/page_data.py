"""The data that pages' scripts start from, composed of the bodies of the API."""

from datetime import datetime
from typing import Literal

from arena.api.body import Body
from arena.api.leaderboard import BoardRanking, BoardRow, LeaderboardRow
from arena.api.live import SubmissionsMessage
from arena.api.submissions import Submission


class RanksBefore(Body):
    """The ranks that a final's teams had in the first phase."""

    phase: str
    ranks: dict[str, int]


class LeaderboardData(Body):
    """What a leaderboard's page starts from; `team` is the viewer's own.

    `generalization` is whether the viewer may see what the generalization losses say.
    """

    slug: str
    phase: str
    change: int
    frozen: bool
    frozen_at: datetime | None
    rows: list[LeaderboardRow]
    baseline_rows: list[BoardRow]
    team: str | None
    before: RanksBefore | None
    generalization: bool


class SubmissionsData(Body):
    """What a phase's page of submissions starts from; in `turns_in_s` seconds the phase opens or closes.

    `zip_limit` words `zip_limit_bytes`.
    """

    slug: str
    phase: str
    role: Literal["team", "organizer"]
    may_submit: bool
    may_act: bool
    shows_logs: bool
    counting: Literal["best", "chosen"]
    zip_limit_bytes: int
    zip_limit: str
    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    turns_in_s: float | None
    first: SubmissionsMessage | None


class SubmissionData(Body):
    """What a submission's page starts from."""

    submission: Submission
    boxes: list[str]
    first_study: int
    studies_per_box: int
    may_act: bool
    is_organizer: bool
    has_logs: bool


class BoardData(Body):
    """What the page of a board starts from; `team` is the viewer's own."""

    ranking: BoardRanking
    team: str | None


class PerformanceData(Body):
    """What the page of figures at any budget starts from; `team` is the viewer's own."""

    slug: str
    phase: str
    team: str | None


class ConsoleData(Body):
    """What a section of the console starts from; `phases` holds the names of the phases.

    Of those in `revealed`, everybody sees what the generalization losses say.
    """

    slug: str
    phases: list[str]
    revealed: list[str]


class ViewData(Body):
    """What a page beside the leaderboard starts from; `team` is the viewer's own.

    On the page of two teams, `teams` may be chosen, and `a` and `b` are.
    """

    slug: str
    phase: str
    team: str | None
    teams: list[str]
    a: str | None
    b: str | None


class RegisterData(Body):
    """What the page to register starts from; whoever is known is signed in already."""

    slug: str
    rules_version: str
    is_known: bool
    return_to: str


class AccountData(Body):
    """What the page of an account starts from; `open` are the competitions that people sign up for."""

    is_person: bool
    open: dict[str, str]


class JoinData(Body):
    """What the page of an invitation starts from."""

    link: str


OfLeaderboards = LeaderboardData | ViewData | BoardData | PerformanceData
OfPeople = RegisterData | AccountData | JoinData
PageData = OfLeaderboards | OfPeople | SubmissionsData | SubmissionData | ConsoleData
