"""Submit, look, cancel: what is accepted, and what bad input gets."""

import asyncio
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlparse
from uuid import uuid4

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from arena.words.states import Stage
from arena.words.verdicts import Verdict
from services.aggregator.service import Aggregator
from services.dispatcher.tables import expand_waiting
from services.gateway.settings import GatewaySettings
from shared.broker.connection import Broker
from shared.broker.topology import SUBMISSIONS
from shared.database import Pool
from shared.messages import StudyFatal, SubmissionAccepted, SubmissionEnded
from shared.outbox import Outbox
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import count_submissions, make_zip, submit
from tests.support.plain_http import TRUSTS_NOBODY
from tests.support.waiting import limited, wait_until


def bearer(client: httpx.AsyncClient) -> dict[str, str]:
    return {"Authorization": client.headers["Authorization"]}


def stored_blobs(gateway_settings: GatewaySettings) -> list[Path]:
    return list(Path(urlparse(gateway_settings.blob_url).path).iterdir())


async def test_a_good_zip_is_accepted_stored_and_announced(
    gateway: Gateway, pool: Pool, broker: Broker, gateway_settings: GatewaySettings
) -> None:
    await gateway.apply(competition())
    team = await gateway.team("a")

    answer = await submit(team)

    assert answer.status_code == 202
    body = answer.json()
    assert (body["state"], body["studies_total"], body["phase"], body["team"]) == ("queued", 4, "feedback", "a")
    row = await pool.fetchrow("select * from submissions")
    assert row is not None
    assert str(row["id"]) == body["id"]
    blob = Path(urlparse(gateway_settings.blob_url).path) / row["blob_sha256"]
    assert blob.read_bytes() == make_zip()
    assert await pool.fetchval("select array_agg(event) from submission_events") == ["accepted"]
    announced: list[object] = []
    stop = asyncio.Event()

    async def take(messages: Sequence[object]) -> None:
        announced.extend(messages)
        stop.set()

    async with limited():
        await broker.consume(SUBMISSIONS, take, stop, prefetch=10)
    assert announced == [SubmissionAccepted(submission_id=row["id"]).following(row["traceparent"])]
    state = (await team.get(f"/api/v1/submissions/{body['id']}")).json()
    assert state == body | {"queue_position": 1}


async def test_unknown_competition_and_phase_are_404(gateway: Gateway) -> None:
    await gateway.apply(competition())
    team = await gateway.team("a")
    assert_problem(await submit(team, slug="other"), 404, "other")
    assert_problem(await submit(team, phase="final"), 404, "final")


async def test_a_phase_for_organizers_is_404_to_a_team(gateway: Gateway) -> None:
    await gateway.apply(competition(phase(), phase("final", visibility="organizer")))
    team = await gateway.team("a")
    assert_problem(await submit(team, phase="final"), 404)
    assert_problem(await gateway.anyone.get("/api/v1/competitions/c/leaderboard", params={"phase": "final"}), 404)


async def test_a_closed_phase_is_409(gateway: Gateway, pool: Pool) -> None:
    past = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    await gateway.apply(competition(phase(closes_at=past)))
    assert_problem(await submit(await gateway.team("a"), phase="feedback"), 409, "closed")
    assert await count_submissions(pool) == 0


async def test_without_a_phase_exactly_one_must_be_open(gateway: Gateway) -> None:
    await gateway.apply(competition(phase("one"), phase("two")))
    assert_problem(await submit(await gateway.team("a")), 422, "one, two")


async def test_no_token_and_a_bad_token_are_401(gateway: Gateway) -> None:
    await gateway.apply(competition())
    for client in (gateway.anyone, gateway.client("wrong")):
        answer = await submit(client)
        assert_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    basic = httpx.AsyncClient(base_url=gateway.url, headers={"Authorization": "Basic x"}, verify=TRUSTS_NOBODY)
    assert_problem(await basic.get("/api/v1/competitions/c"), 401, "Bearer")


async def test_a_team_of_another_competition_is_403(gateway: Gateway) -> None:
    await gateway.apply(competition())
    await gateway.apply(competition(), slug="d")
    assert_problem(await submit(await gateway.team("a", slug="d")), 403)


async def test_another_teams_submission_is_404_everywhere(gateway: Gateway) -> None:
    await gateway.apply(competition())
    mine = (await submit(await gateway.team("a"))).json()
    other = await gateway.team("b")

    for identity in (mine["id"], uuid4()):
        path = f"/api/v1/submissions/{identity}"
        assert_problem(await other.get(path), 404)
        assert_problem(await other.post(f"{path}/cancel"), 404)
        with pytest.raises(InvalidStatus) as refused:
            async with connect(gateway.live(f"/submissions/{identity}/live"), additional_headers=bearer(other)):
                pass
        assert refused.value.response.status_code == 404
    assert (await other.get("/api/v1/competitions/c/submissions")).json()["submissions"] == []


SMALL = {"zip_limit_bytes": 1_000_000}
BAD_ZIPS = {
    "not a zip": b"not a zip at all",
    "no optimizer.py": make_zip(name="other.py"),
    "traversal": make_zip(name="../optimizer.py"),
    "too large": make_zip(b"\0" * 1_100_000),
    "far too large": b"\0" * 70_000_000,
}


async def test_a_zip_is_held_to_the_limit_of_its_own_phase_which_the_answer_tells(gateway: Gateway) -> None:
    boxes, large = ["box-02"], {"zip_limit_bytes": 60 * 1024**2}
    await gateway.apply(
        competition(
            phase("small", limits=SMALL),
            phase("usual", boxes=boxes, limits={}),
            phase("large", boxes=boxes, limits=large),
        )
    )
    team, zip_file = await gateway.team("a"), make_zip(os.urandom(1_100_000))

    assert_problem(await submit(team, zip_file, phase="small"), 413, "The zip is larger than 1,000,000 bytes;")
    assert (await submit(team, zip_file, phase="usual")).status_code == 202

    larger = make_zip(os.urandom(51 * 1024**2))
    refused = await submit(team, larger, phase="usual")
    assert_problem(refused, 413, "The zip is larger than 50 MiB;")
    assert refused.json()["limit_bytes"] == 50 * 1024**2
    assert (await submit(team, larger, phase="large")).status_code == 202

    assert_problem(await submit(team, b"0" * (61 * 1024**2), phase="small"), 413, "larger than 60 MiB;")


@pytest.mark.parametrize("why", BAD_ZIPS)
async def test_a_bad_zip_is_refused_and_nothing_is_stored(
    gateway: Gateway, pool: Pool, gateway_settings: GatewaySettings, why: str
) -> None:
    await gateway.apply(competition(phase(limits=SMALL)))
    team = await gateway.team("a")

    assert_problem(await submit(team, BAD_ZIPS[why], key="k"), 413 if "too large" in why else 422)

    assert await count_submissions(pool) == 0
    assert await pool.fetchval("select count(*) from idempotency_keys") == 0
    assert stored_blobs(gateway_settings) == []


async def test_cancelling_ends_a_submission_once_and_announces_it(gateway: Gateway, pool: Pool, broker: Broker) -> None:
    await gateway.apply(competition())
    team = await gateway.team("a")
    path = f"/api/v1/submissions/{(await submit(team)).json()['id']}/cancel"
    heard: list[object] = []
    stop = asyncio.Event()

    async def take(messages: Sequence[object]) -> None:
        heard.extend(messages)
        if any(isinstance(each, SubmissionEnded) for each in heard):
            stop.set()

    first, again = await team.post(path), await team.post(path)

    assert (first.status_code, first.json()["state"], first.json()["verdict"]) == (202, "cancelled", "cancelled")
    assert again.json() == first.json()
    assert await pool.fetchval("select count(*) from submission_events where event = 'cancelled'") == 1
    async with limited():
        await broker.consume(SUBMISSIONS, take, stop, prefetch=10)


async def test_what_has_ended_otherwise_cannot_be_cancelled(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    team = await gateway.team("a")
    identity = (await submit(team)).json()["id"]
    await pool.execute("update submissions set state = 'scored', verdict = 'scored', ended_at = now()")
    assert_problem(await team.post(f"/api/v1/submissions/{identity}/cancel"), 409, "scored")


async def test_errors_that_no_route_makes_are_problems_too(gateway: Gateway) -> None:
    assert_problem(await gateway.anyone.get("/api/v1/nothing"), 404)
    assert_problem(await gateway.anyone.delete("/api/v1/competitions"), 405)
    assert_problem(await gateway.organizer.get("/api/v1/submissions/not-a-uuid"), 422)
    assert_problem(await gateway.organizer.put("/api/v1/admin/competitions/c", content=b"{"), 422)


async def test_without_the_database_503_then_everything_again(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    team = await gateway.team("a")
    await gateway.database.cut()

    away = await submit(team)
    assert_problem(away, 503)
    assert int(away.headers["Retry-After"]) > 0
    assert (await gateway.anyone.get("/readyz")).status_code == 503
    with pytest.raises(InvalidStatus) as refused:
        async with connect(gateway.live("/competitions/c/live")):
            pass
    assert refused.value.response.status_code == 503
    assert (await gateway.anyone.get("/healthz")).status_code == 200

    await gateway.database.mend()

    async def accepted() -> bool:
        return (await submit(team, key="k")).status_code == 202

    await wait_until(accepted, what="accepted again")
    assert await count_submissions(pool) == 1


async def test_without_the_broker_submissions_are_accepted_and_announced_later(
    gateway: Gateway, pool: Pool, broker: Broker
) -> None:
    await gateway.apply(competition())
    team = await gateway.team("a")
    await gateway.broker.cut()

    async def notices() -> bool:
        return (await gateway.anyone.get("/readyz")).status_code == 503

    await wait_until(notices, what="the gateway notices")
    assert (await submit(team)).status_code == 202

    await gateway.broker.mend()

    async def announced() -> bool:
        return await broker.count_waiting(SUBMISSIONS) == 1

    await wait_until(announced, what="announced after the broker came back")
    await wait_until(lambda: pool.fetchval("select count(*) = 0 from outbox"), what="the outbox is empty")


async def test_no_answer_to_a_team_names_a_black_box(gateway: Gateway) -> None:
    await gateway.apply(competition())
    team = await gateway.team("a")
    identity = (await submit(team)).json()["id"]
    paths = [
        f"/api/v1/submissions/{identity}",
        "/api/v1/competitions",
        "/api/v1/competitions/c",
        "/api/v1/competitions/c/submissions",
        "/api/v1/competitions/c/leaderboard",
    ]
    texts = [(await team.get(path)).raise_for_status().text for path in paths]
    async with connect(gateway.live(f"/submissions/{identity}/live"), additional_headers=bearer(team)) as feed:
        texts.append(str(await feed.recv()))
    for text in texts:
        assert not any(secret in json.loads(json.dumps(text)) for secret in ("lasso", "diabetes", "iris", '"DT"'))


@pytest.mark.parametrize("practice", [False, True])
async def test_text_that_the_teams_code_made_is_shown_to_the_team_on_practice_boxes_alone(
    gateway: Gateway, pool: Pool, broker: Broker, practice: bool
) -> None:
    await gateway.apply(competition(phase(practice=practice)))
    team = await gateway.team("a")
    identity = (await submit(team)).json()["id"]
    await expand_waiting(pool)
    shard = await pool.fetchrow("update shards set attempt = 1, state = 'running' returning *")
    assert shard is not None
    fatal = StudyFatal(
        submission_id=shard["submission_id"],
        shard_id=shard["id"],
        attempt=1,
        runner_id="runner",
        box_id=shard["box_id"],
        study=0,
        verdict=Verdict.PROCESS_DIED,
        stage=Stage.SUGGEST,
        iteration=3,
        detail="a way out",
        log="another way out",
    )
    await Aggregator(pool, broker, Outbox(pool, broker), result_batch=64).take_results([fatal])
    path = f"/api/v1/submissions/{identity}"

    seen = [await team.get(path), await team.get("/api/v1/competitions/c/submissions"), await team.get(f"{path}/logs")]
    async with connect(gateway.live(f"/submissions/{identity}/live"), additional_headers=bearer(team)) as feed:
        live = str(await feed.recv())

    body = seen[0].json()
    assert (body["verdict"], body["verdict_fault"]) == ("process_died", "team")
    assert (body["verdict_stage"], body["verdict_iteration"]) == ("suggest", 3)
    assert ["way out" in each.text for each in seen] == [practice] * 3
    assert seen[2].status_code == (200 if practice else 403)
    assert ("way out" in live) is practice
    assert "a way out" in (await gateway.organizer.get(path)).text
    assert "another way out" in (await gateway.organizer.get(f"{path}/logs")).text
