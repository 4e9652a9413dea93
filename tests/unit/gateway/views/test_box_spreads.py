"""How scores are spread on each black box."""

from uuid import UUID

from services.gateway.views.box_spreads import spreads_of

HARD, EASY, UNKNOWN = (UUID(int=number) for number in range(3))


def test_the_black_box_with_the_lowest_median_is_first_and_one_without_a_loss_is_left_out() -> None:
    losses = [{HARD: 0.9, EASY: 0.1}, {HARD: 0.7, EASY: 0.2}, {EASY: 0.0}]

    hard, easy = spreads_of({EASY: "box-01", HARD: "box-02", UNKNOWN: "box-03"}, losses)

    assert (hard.box, hard.low, hard.quartile, hard.median, hard.upper_quartile, hard.high) == (
        *("box-02", 10.0, 15.0, 20.0, 25.0, 30.0),
    )
    assert hard.scores == [10.0, 30.0, None], "in the order of the teams"
    assert (easy.box, easy.median, easy.scores) == ("box-01", 90.0, [90.0, 80.0, 100.0])
