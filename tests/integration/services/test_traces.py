"""One trace from the POST of a submission to its row on the leaderboard, and its id in the logs of all services."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs
from websockets.asyncio.client import connect

from benchmarks.stack.null_engine import NullSlot
from shared.blobs import Blobs
from shared.broker.connection import Broker
from shared.database import Pool
from shared.tracing.context import new_traceparent
from shared.tracing.spans import record_spans, send_spans
from tests.support.gateway.answers import receive
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit
from tests.support.seeding import seed_phase, seed_submission
from tests.support.service_settings import PlatformSettings
from tests.support.services.pipeline import BLOB, is_scored, scoring
from tests.support.spans import paths_to_the_root, receiving_spans
from tests.support.waiting import wait_until


@asynccontextmanager
async def watched_score(gateway: Gateway, pool: Pool) -> AsyncIterator[str]:
    """Submit, with somebody watching the leaderboard, until the score is on it; gives the submission's trace."""
    await gateway.apply(competition())
    team = await gateway.team("ada")
    async with connect(gateway.live("/competitions/c/live")) as feed:
        await receive(feed)  # the board as it is; from here on, what changes it is read because of a message
        submission = (await submit(team)).raise_for_status().json()["id"]
        while not any(row["score"] is not None and not row["provisional"] for row in (await receive(feed))["rows"]):
            pass
        traceparent: str = await pool.fetchval("select traceparent from submissions where id = $1", submission)
        yield traceparent.split("-")[1]


async def test_one_trace_goes_from_the_post_to_the_row_on_the_leaderboard(
    gateway: Gateway, pool: Pool, settings: PlatformSettings, runner_broker: Broker, blobs: Blobs
) -> None:
    exporter = InMemorySpanExporter()
    accepted = ["accept submission", "POST"]
    scored = ["store result", "run study", "run shard", "release shard", *accepted]

    def spans_of(trace: str) -> list[ReadableSpan]:
        found = exporter.get_finished_spans()
        return [each for each in found if each.context and each.context.trace_id == int(trace, 16)]

    async def is_on_the_leaderboard() -> bool:  # one reading may serve for several messages, and knows one of them
        paths = paths_to_the_root(spans_of(trace), "update leaderboard")
        return any(path[-len(accepted) :] == accepted for path in paths)

    with record_spans("platform", SimpleSpanProcessor(exporter)):
        async with (
            scoring(settings, runner_broker, blobs, NullSlot(), NullSlot()),
            watched_score(gateway, pool) as trace,
        ):
            await wait_until(is_on_the_leaderboard, what="the leaderboard was read because of the submission")

    spans = spans_of(trace)
    assert ["expand submission", *accepted] in paths_to_the_root(spans, "expand submission")
    assert paths_to_the_root(spans, "store result") == [scored] * 4


async def test_work_whose_message_was_lost_is_found_in_the_tables_with_its_trace(
    pool: Pool, settings: PlatformSettings, runner_broker: Broker, blobs: Blobs
) -> None:
    exporter, traceparent = InMemorySpanExporter(), new_traceparent()
    submission = await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1), blob_sha256=BLOB)
    await pool.execute("update submissions set traceparent = $1", traceparent)

    with record_spans("platform", SimpleSpanProcessor(exporter)):
        async with scoring(settings, runner_broker, blobs, NullSlot()):
            await wait_until(lambda: is_scored(pool, submission), what="scored")

    traces = {each.name: each.context.trace_id for each in exporter.get_finished_spans() if each.context}
    assert {"expand submission", "release shard", "run shard", "run study", "store result"} <= traces.keys()
    assert set(traces.values()) == {int(traceparent.split("-")[1], 16)}


async def test_without_a_collector_the_trace_is_in_every_log_line_of_a_submission_s_work_in_all_services(
    gateway: Gateway, pool: Pool, settings: PlatformSettings, runner_broker: Broker, blobs: Blobs
) -> None:
    structlog.reset_defaults()
    with capture_logs([merge_contextvars]) as lines:
        async with scoring(settings, runner_broker, blobs, NullSlot()), watched_score(gateway, pool) as trace:
            pass

    of_submissions = [line for line in lines if "submission" in line]
    assert {line["event"] for line in of_submissions} >= {
        *("submission accepted", "submission expanded", "study finished", "submission scored"),
    }
    assert [line for line in of_submissions if line.get("trace") != trace] == []


async def test_spans_reach_a_collector_and_their_loss_loses_no_work(
    gateway: Gateway, pool: Pool, settings: PlatformSettings, runner_broker: Broker, blobs: Blobs
) -> None:
    with receiving_spans() as receiver, send_spans("platform", receiver.url):
        async with scoring(settings, runner_broker, blobs, NullSlot()), watched_score(gateway, pool):
            pass
    with send_spans("platform", receiver.url):  # nobody listens there any more
        async with scoring(settings, runner_broker, blobs, NullSlot()):
            again = (await submit(await gateway.team("bob"))).raise_for_status().json()["id"]
            await wait_until(lambda: is_scored(pool, again), what="scored")

    assert {"POST", "run study", "store result"} <= set(receiver.received["arena-platform"])
