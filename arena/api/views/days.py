"""A leaderboard over the days."""

from datetime import datetime

from arena.api.body import Body, example, example_of


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
