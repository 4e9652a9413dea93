"""What a leaderboard shows beside the ranking: the days, the black boxes, two teams, and the platform as a whole."""

from datetime import datetime

from arena.api.body import Body, Interval, example, example_of


class TeamDays(Body):
    """A team's score and rank at each moment, null before its first scored submission."""

    model_config = example(team="Gaussians", scores=[None, 88.1, 92.4], ranks=[None, 2, 1])
    team: str
    scores: list[float | None]
    ranks: list[int | None]


class Days(Body):
    """The leaderboard of a phase at moments that are equally far apart, the last of them when it last changed.

    Scores are those of today: after a rescoring, the past is told in the new scores.
    """

    model_config = example(
        competition="spring",
        phase="feedback",
        frozen=False,
        moments=["2026-07-08T00:00:00Z", "2026-07-09T00:00:00Z", "2026-07-09T08:30:00Z"],
        teams=[example_of(TeamDays)],
    )
    competition: str
    phase: str
    frozen: bool
    moments: list[datetime]
    teams: list[TeamDays]


class BoxSpread(Body):
    """The scores of counting submissions on one black box: quartiles, and one score for each team."""

    model_config = example(
        box="box-07", low=12.5, quartile=61.2, median=80.4, upper_quartile=91.3, high=99.1, scores=[91.3, None]
    )
    box: str
    low: float
    quartile: float
    median: float
    upper_quartile: float
    high: float
    scores: list[float | None]


class BoxSpreads(Body):
    """How the scores of a phase's teams are spread on each black box, the one with the lowest median first.

    `teams` are in the order of the leaderboard, and the `scores` of a box in the order of `teams`.
    """

    model_config = example(
        competition="spring",
        phase="feedback",
        frozen=False,
        teams=["Gaussians", "dice"],
        boxes=[example_of(BoxSpread)],
    )
    competition: str
    phase: str
    frozen: bool
    teams: list[str]
    boxes: list[BoxSpread]


class BoxPair(Body):
    """The scores of two teams on one black box."""

    model_config = example(box="box-07", a=91.3, b=88.0)
    box: str
    a: float
    b: float


class Pairing(Body):
    """Two submissions on the black boxes that both have; `boxes` is empty if there are none.

    `difference` is the mean over black boxes of a's score less b's, with its paired 95 % interval. `a_better` is the
    probability that a is better on black boxes such as these: the share of bootstrap samples of the black boxes in
    which a's mean is higher, an equal one counting half. The latter two are null with fewer than two black boxes.
    """

    model_config = example(
        difference=4.3,
        interval=[1.1, 7.5],
        a_better=0.994,
        a_wins=22,
        b_wins=7,
        ties=1,
        boxes=[example_of(BoxPair)],
    )
    difference: float
    interval: Interval | None
    a_better: float | None
    a_wins: int
    b_wins: int
    ties: int
    boxes: list[BoxPair]


class HeadToHead(Pairing):
    """The counting submissions of two teams, `a` and `b`, against each other."""

    model_config = example(
        **example_of(Pairing), competition="spring", phase="feedback", frozen=False, a="Gaussians", b="dice"
    )
    competition: str
    phase: str
    frozen: bool
    a: str
    b: str


class Counters(Body):
    """What all teams have made the platform do in public phases so far.

    `evaluations` are trainings of a model. `cpu_s` are seconds of a CPU that runners had the executions of submissions
    that have ended; the dispatcher counts it a little after the end.
    """

    model_config = example(
        competitions=1, teams=70, submissions=3608, studies=1082400, evaluations=138547200, cpu_s=326921000.0
    )
    competitions: int
    teams: int
    submissions: int
    studies: int
    evaluations: int
    cpu_s: float
