"""Windows of requests without a token."""

from limits import parse

from services.gateway.anonymous_rate import AnonymousRate


def test_a_network_that_used_its_window_up_is_told_when_the_next_begins() -> None:
    rate = AnonymousRate(parse("2/minute"))

    assert [rate.hit("a", 100), rate.hit("a", 110), rate.hit("a", 120.5)] == [None, None, 40]
    assert rate.hit("b", 121) is None
    assert rate.hit("a", 160) is None
