"""Which trace a request begins or goes on with."""

import pytest
import structlog
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from shared.database import Pool
from shared.tracing.context import TRACEPARENT
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


async def traceparent_of_a_submission(gateway: Gateway, pool: Pool, *sent: str) -> str:
    await gateway.apply(competition())
    team = await gateway.team("ada")
    for each in sent:
        team.headers["traceparent"] = each
    await submit(team)
    kept: str = await pool.fetchval("select traceparent from submissions")
    assert TRACEPARENT.fullmatch(kept)
    return kept


async def test_every_submission_has_a_trace(gateway: Gateway, pool: Pool) -> None:
    kept = await traceparent_of_a_submission(gateway, pool)
    assert await pool.fetchval("select count(*) from submissions where traceparent = $1", kept) == 1


@pytest.mark.parametrize("flags", ["00", "01", "ff"])
async def test_a_client_may_name_the_trace_and_not_whether_it_is_recorded(
    gateway: Gateway, pool: Pool, flags: str
) -> None:
    sent = f"00-{TRACE}-{SPAN}-{flags}"
    assert await traceparent_of_a_submission(gateway, pool, sent) == f"00-{TRACE}-{SPAN}-01"


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "hello",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-more",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{SPAN}-01'; drop table submissions; --",
        "x" * 5000,
    ],
)
async def test_a_client_s_traceparent_that_is_none_is_replaced_by_a_new_one(
    gateway: Gateway, pool: Pool, sent: str
) -> None:
    assert TRACE not in await traceparent_of_a_submission(gateway, pool, sent)


async def test_a_cancelled_submission_is_logged_with_its_own_trace_and_not_with_that_of_the_request(
    gateway: Gateway, pool: Pool
) -> None:
    structlog.reset_defaults()
    kept = await traceparent_of_a_submission(gateway, pool)
    submission = await pool.fetchval("select id from submissions")

    with capture_logs([merge_contextvars]) as lines:
        (await gateway.organizer.post(f"/api/v1/submissions/{submission}/cancel")).raise_for_status()

    (line,) = [each for each in lines if each["event"] == "submission cancelled"]
    assert line["trace"] == kept.split("-")[1]
