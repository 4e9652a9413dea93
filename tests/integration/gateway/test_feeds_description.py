"""What the live feeds send is what their description says."""

from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect

from shared.database import Pool
from tests.support.gateway.answers import receive
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.executions import finish, release
from tests.support.gateway.feeds import FEEDS, fitting_messages
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import set_score
from tests.support.gateway.submitting import submit


async def test_every_message_is_one_of_those_that_its_feed_is_described_to_send(gateway: Gateway, pool: Pool) -> None:
    quotas: dict[str, Any] = {"attempts_per_day": 5, "active_submissions": 2}
    (await gateway.apply(competition(phase(boxes=["box-01"], studies_per_box=2, **quotas)))).raise_for_status()
    team = await gateway.team("one")
    submission = (await submit(team)).raise_for_status().json()["id"]
    held = {study: (box, shard) for _, box, study, shard in await release(pool)}
    names, execution = {"slug": "c", "submission_id": submission}, f"{held[0][1].shard_id}:1"
    sent: dict[str, list[Any]] = {name: [] for name in FEEDS["channels"]}

    async with AsyncExitStack() as open_feeds:
        feeds: dict[str, ClientConnection] = {}
        for name, channel in FEEDS["channels"].items():
            client = gateway.organizer if name == "stream_log" else team
            path = channel["address"].format(**names).removeprefix("/api/v1")
            path += f"?execution={execution}" if name == "stream_log" else ""
            headers = {"Authorization": client.headers["Authorization"]}
            feeds[name] = await open_feeds.enter_async_context(connect(gateway.live(path), additional_headers=headers))
        snapshots = [name for name in feeds if name != "stream_log"]
        for name in snapshots:
            sent[name].append(await receive(feeds[name]))
        for study, (box, shard) in held.items():
            await finish(pool, UUID(submission), box, study, shard, log="hello")
        await set_score(pool, submission, 50.0, "scored")
        for name in snapshots:
            sent[name].append(await receive(feeds[name]))
        sent["stream_log"] = [await receive(feeds["stream_log"]) for _ in range(2)]

    found = {name: [fitting_messages(name, each) for each in messages] for name, messages in sent.items()}
    assert found == {
        "watch_leaderboard": [["LeaderboardSnapshot"], ["LeaderboardChanges"]],
        "watch_submission": [["SubmissionMessage"]] * 2,
        "watch_submissions": [["SubmissionsMessage"]] * 2,
        "stream_log": [["LogText"], ["LogEnded"]],
    }
