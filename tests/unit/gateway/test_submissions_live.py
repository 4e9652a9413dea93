"""When a forecast is worth telling again."""

import pytest

from services.gateway.remaining import Forecast
from services.gateway.submissions_live import is_news

TOLD = Forecast(2, (100, 200))


@pytest.mark.parametrize(
    ("told", "now", "news"),
    [
        (None, TOLD, True),
        (TOLD, TOLD, False),
        (TOLD, Forecast(1, (100, 200)), True),
        (TOLD, Forecast(2, None), True),
        (Forecast(2, None), TOLD, True),
        (Forecast(2, None), Forecast(2, None), False),
        (TOLD, Forecast(2, (99, 199)), False),
        (TOLD, Forecast(2, (80, 199)), True),
        (TOLD, Forecast(2, (100, 230)), True),
        (Forecast(None, (0, 0)), Forecast(None, (0, 0)), False),
        (Forecast(None, (1, 3)), Forecast(None, (0, 3)), True),
    ],
)
def test_a_forecast_is_told_again_when_people_would_notice(told: Forecast | None, now: Forecast, news: bool) -> None:
    assert is_news(told, now) is news
