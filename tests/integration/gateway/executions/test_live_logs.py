"""The log of a submission or an execution while it is written, and who may read it."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from shared.broker.connection import Broker
from shared.database import Pool
from shared.messages import LogStreamRequested, LogWritten
from tests.support.command_line import Arena
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.executions import finish, release
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit
from tests.support.seeding import seed_phase, seed_submission
from tests.support.waiting import wait_until

PRACTICE = phase("practice", practice=True, boxes=["box-01"], studies_per_box=2, studies_per_shard=2)
SECRET = phase("feedback", boxes=["box-02"])


def token_of(client: httpx.AsyncClient) -> str:
    return client.headers["Authorization"].removeprefix("Bearer ")


def follow(gateway: Gateway, client: httpx.AsyncClient, submission: object, query: str = "") -> Any:
    headers = {"Authorization": client.headers["Authorization"]}
    return connect(gateway.live(f"/submissions/{submission}/logs/live{query}"), additional_headers=headers)


async def status_of_feed(feed: Any) -> int:
    try:
        async with feed:
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


async def receive(feed: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await feed.recv())
    return message


@asynccontextmanager
async def listening_runner(broker: Broker) -> AsyncIterator["asyncio.Queue[LogStreamRequested]"]:
    """Yield what a runner hears of logs that somebody wants to read."""
    heard: asyncio.Queue[LogStreamRequested] = asyncio.Queue()
    stop, probe = asyncio.Event(), uuid4()

    async def take(messages: Sequence[LogStreamRequested]) -> None:
        for message in messages:
            if message.stream_id == probe:
                listening.set()
            else:
                heard.put_nowait(message)

    async def is_listening() -> bool:
        await broker.publish([LogStreamRequested(stream_id=probe, shard_id=probe, attempt=1, expires_in_s=0)])
        return listening.is_set()

    listening = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(broker.listen("a-runner", (LogStreamRequested,), take, stop))
        await wait_until(is_listening, what="the runner listens")
        yield heard
        stop.set()


async def test_the_log_of_an_execution_is_followed_through_the_broker_and_ends_with_it(
    gateway: Gateway, pool: Pool, broker: Broker
) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=3, studies_per_shard=3))
    ((_, box, _, held),) = await release(pool)
    await finish(pool, submission, box, 0, held, log="before")
    log = {"type": "log", "box": "box-00", "attempt": 1}

    async with listening_runner(broker) as heard:
        async with follow(gateway, gateway.organizer, submission, f"?execution={held.shard_id}:1") as feed:
            assert await receive(feed) == log | {"study": 0, "text": "before"}
            asked = await heard.get()
            assert (asked.shard_id, asked.attempt, asked.expires_in_s > 0) == (held.shard_id, 1, True)
            await broker.publish([LogWritten(stream_id=asked.stream_id, study=1, text="live")])
            assert await receive(feed) == log | {"study": 1, "text": "live"}
            await finish(pool, submission, box, 1, held, log="live")
            await finish(pool, submission, box, 2, held, log="after")
            assert await receive(feed) == log | {"study": 2, "text": "after"}
            assert await receive(feed) == {"type": "ended", "outcome": "done"}
        while asked.expires_in_s > 0:  # the runner is told that nobody reads any more
            asked = await heard.get()


async def test_a_team_follows_all_studies_of_its_submission_to_a_practice_phase_to_their_end(
    gateway: Gateway, pool: Pool, broker: Broker
) -> None:
    (await gateway.apply(competition(PRACTICE | {"boxes": ["box-01", "box-02"]}))).raise_for_status()
    team = await gateway.team("a")
    submission = UUID((await submit(team, phase="practice")).raise_for_status().json()["id"])
    first, second = await release(pool)
    labels = {row["id"]: row["label"] for row in await pool.fetch("select id, label from black_boxes")}
    one, other = labels[first[1]], labels[second[1]]

    async with listening_runner(broker) as heard, follow(gateway, team, submission) as feed:
        streams = {asked.shard_id: asked.stream_id for asked in (await heard.get(), await heard.get())}
        assert streams.keys() == {first[3].shard_id, second[3].shard_id}
        await broker.publish([LogWritten(stream_id=streams[second[3].shard_id], study=0, text="live")])
        assert await receive(feed) == {"type": "log", "box": other, "study": 0, "attempt": 1, "text": "live"}
        for _, box, _, held in (first, second):
            for study in (0, 1):
                await finish(pool, submission, box, study, held, log=f"study {study}")
        rest = [await receive(feed) for _ in range(4)]

    assert [(each["box"], each["study"]) for each in rest[:3]] == [(one, 0), (one, 1), (other, 1)]
    assert rest[3] == {"type": "ended", "outcome": "scored"}


async def test_the_live_log_has_the_rule_of_the_stored_one(gateway: Gateway, pool: Pool) -> None:
    (await gateway.apply(competition(PRACTICE, SECRET))).raise_for_status()
    owner, other = await gateway.team("a"), await gateway.team("b")
    everybody = (owner, other, gateway.organizer)
    practice, secret = [(await submit(owner, phase=name)).json()["id"] for name in ("practice", "feedback")]
    shards = {str(submission): held.shard_id for submission, _, _, held in await release(pool)}

    for submission, expected in ((practice, (101, 404, 101)), (secret, (403, 404, 101))):
        for query in ("", f"?execution={shards[submission]}:1"):
            seen = [await status_of_feed(follow(gateway, who, submission, query)) for who in everybody]
            assert tuple(seen) == expected
        stored = [await who.get(f"/api/v1/submissions/{submission}/logs") for who in everybody]
        assert [each.status_code for each in stored] == [{101: 200}.get(each, each) for each in expected]
    for query in (f"?execution={shards[secret]}:1", f"?execution={uuid4()}:1", "?execution=nonsense"):
        assert await status_of_feed(follow(gateway, owner, practice, query)) == 404


async def test_a_team_follows_its_log_by_the_command_and_is_told_why_there_is_nothing(
    gateway: Gateway, pool: Pool
) -> None:
    (await gateway.apply(competition(PRACTICE, SECRET))).raise_for_status()
    client = await gateway.team("a")
    team = Arena(gateway.url, token=token_of(client))
    practice, secret = [(await submit(client, phase=name)).json()["id"] for name in ("practice", "feedback")]

    code, output, errors = await team.run("logs", practice)
    assert (code, output, errors.split(":")[0]) == (0, "", "Nothing yet")
    code, output, errors = await team.run("logs", secret, "--follow")
    assert (code, output, "on a practice phase a team reads its own" in errors) == (1, "", True)

    shards = {str(submission): (box, held) for submission, box, _, held in await release(pool)}
    box, held = shards[practice]
    for study, log in ((0, "hello\n"), (1, "bye\n")):
        await finish(pool, UUID(practice), box, study, held, log=log)

    code, output, errors = await team.run("logs", practice, "--follow")
    assert (code, errors) == (0, "")
    assert [word for word in ("box-01 / 0", "hello", "box-01 / 1", "bye", "scored") if word not in output] == []
    code, output, errors = await team.run("logs", f"{held.shard_id}:1", "--follow")
    assert (code, "name your submission" in errors) == (1, True)
