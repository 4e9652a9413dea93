"""How scores are spread on each black box."""

from arena.api.body import Body, example, example_of


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
