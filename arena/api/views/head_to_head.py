"""Two teams against each other."""

from arena.api.body import Body, Interval, example, example_of


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
