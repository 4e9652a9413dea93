"""When a queue estimate is worth telling again."""

import pytest

from services.gateway.queue.queue_estimate import QueueEstimate
from services.gateway.submissions.live_list import is_news

TOLD = QueueEstimate(2, (100, 200))


@pytest.mark.parametrize(
    ("told", "now", "news"),
    [
        (None, TOLD, True),
        (TOLD, TOLD, False),
        (TOLD, QueueEstimate(1, (100, 200)), True),
        (TOLD, QueueEstimate(2, None), True),
        (QueueEstimate(2, None), TOLD, True),
        (QueueEstimate(2, None), QueueEstimate(2, None), False),
        (TOLD, QueueEstimate(2, (99, 199)), False),
        (TOLD, QueueEstimate(2, (80, 199)), True),
        (TOLD, QueueEstimate(2, (100, 230)), True),
        (QueueEstimate(None, (0, 0)), QueueEstimate(None, (0, 0)), False),
        (QueueEstimate(None, (1, 3)), QueueEstimate(None, (0, 3)), True),
    ],
)
def test_a_forecast_is_told_again_when_people_would_notice(
    told: QueueEstimate | None, now: QueueEstimate, news: bool
) -> None:
    assert is_news(told, now) is news
