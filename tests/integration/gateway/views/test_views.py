"""What a leaderboard shows beside its ranks: to everybody what the leaderboard shows, and nothing more."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from services.gateway.settings import GatewaySettings
from services.gateway.views.answers import COUNTERS_KEPT_S
from shared.database import Pool
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import score_boxes
from tests.support.gateway.stopped_gateway import stopped_gateway
from tests.support.gateway.submitting import submit, teams_with_submissions
from tests.support.seeding import seed_phase, seed_submission

API = "/api/v1/competitions/c"
PATHS = ("days", "boxes", "head-to-head?a=ada&b=ben")


async def get(client: httpx.AsyncClient, path: str) -> Mapping[str, Any]:
    body: Mapping[str, Any] = (await client.get(f"{API}/{path}")).raise_for_status().json()
    return body


async def two_teams(gateway: Gateway, pool: Pool, **phase_changes: Any) -> dict[str, str]:
    """Ada was better on both black boxes, and ben ended after her."""
    await gateway.apply(competition(phase(**phase_changes)))
    submissions = await teams_with_submissions(gateway, "ada", "ben")
    await score_boxes(pool, submissions["ada"], {"box-01": 0.1, "box-02": 0.3})
    await score_boxes(pool, submissions["ben"], {"box-01": 0.2, "box-02": 0.6})
    return submissions


async def test_days_boxes_and_pairs_tell_what_the_counting_submissions_reached(gateway: Gateway, pool: Pool) -> None:
    await two_teams(gateway, pool)

    days = await get(gateway.anyone, "days")
    boxes = await get(gateway.anyone, "boxes")
    pair = await get(gateway.anyone, "head-to-head?a=ben&b=ada")

    assert [(each["team"], each["scores"][-1], each["ranks"][-1]) for each in days["teams"]] == [
        ("ada", 80.0, 1),
        ("ben", 60.0, 2),
    ]
    assert boxes["teams"] == ["ada", "ben"]
    assert [(each["box"], each["median"], each["scores"]) for each in boxes["boxes"]] == [
        ("box-02", 55.0, [70.0, 40.0]),
        ("box-01", 85.0, [90.0, 80.0]),
    ]
    assert (pair["a_better"], pair["a_wins"], pair["b_wins"]) == (0.0, 0, 2)
    assert pair["difference"] == pytest.approx(-20.0)


async def test_a_better_submission_is_a_step_and_a_worse_one_is_not(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    team = await gateway.team("ada")
    for loss in (0.5, 0.7, 0.2):
        identity = (await submit(team, phase="feedback")).raise_for_status().json()["id"]
        await score_boxes(pool, identity, {"box-01": loss, "box-02": loss})
        await pool.execute("update submissions set ended_at = ended_at - interval '1 day' where ended_at is not null")

    (ada,) = (await get(gateway.anyone, "days"))["teams"]

    assert [score for score in dict.fromkeys(ada["scores"]) if score is not None] == [50.0, 80.0]


async def test_while_a_phase_is_frozen_everything_stands_still_but_for_organizers(gateway: Gateway, pool: Pool) -> None:
    submissions = await two_teams(gateway, pool)
    before = [await get(gateway.anyone, path) for path in PATHS]
    (await gateway.organizer.post("/api/v1/admin/competitions/c/phases/feedback/freeze")).raise_for_status()
    ben = (await gateway.organizer.post("/api/v1/admin/competitions/c/teams/ben/token")).json()["token"]
    late = (await submit(gateway.client(ben), phase="feedback")).raise_for_status().json()["id"]
    await score_boxes(pool, late, {"box-01": 0.0, "box-02": 0.0})
    assert late not in submissions.values()

    frozen = [await get(gateway.anyone, path) for path in PATHS]
    shown = [await get(gateway.organizer, path) for path in PATHS]

    assert frozen == [{**each, "frozen": True} for each in before]
    assert [each["frozen"] for each in shown] == [True, True, True]
    assert shown[0]["teams"][0]["team"] == "ben"
    assert shown[1]["boxes"][-1]["high"] == 100.0
    assert shown[2]["b_wins"] == 2


async def test_a_phase_that_only_organizers_see_is_not_there_for_others(gateway: Gateway) -> None:
    await gateway.apply(competition(phase("hidden", visibility="organizer")))

    answers = [await gateway.anyone.get(f"{API}/{path}", params={"phase": "hidden"}) for path in ("days", "boxes")]
    answers.append(await gateway.anyone.get(f"{API}/head-to-head", params={"phase": "hidden", "a": "x", "b": "y"}))

    assert {(each.status_code, each.json()["code"]) for each in answers} == {(404, "no_such_phase")}
    assert (await gateway.organizer.get(f"{API}/days", params={"phase": "hidden"})).status_code == 200
    assert (await get(gateway.organizer, "days?phase=hidden"))["teams"] == []
    counted = (await gateway.anyone.get("/api/v1/counters")).raise_for_status().json()
    assert (counted["submissions"], counted["teams"]) == (0, 0)


async def test_a_team_without_a_scored_submission_is_refused_by_name(gateway: Gateway, pool: Pool) -> None:
    await two_teams(gateway, pool)
    hostile = "<script>alert(1)</script>"

    answer = await gateway.anyone.get(f"{API}/head-to-head", params={"a": "ada", "b": hostile})
    too_long = await gateway.anyone.get(f"{API}/head-to-head", params={"a": "ada", "b": "x" * 10_000})

    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_team")
    assert answer.headers["content-type"] == "application/problem+json"
    assert too_long.status_code == 422


async def test_what_has_not_changed_is_not_sent_again_while_a_submission_runs_on(gateway: Gateway, pool: Pool) -> None:
    await two_teams(gateway, pool)
    firsts = {path: await gateway.anyone.get(f"{API}/{path}") for path in PATHS}
    running = (await submit(await gateway.team("eve"), phase="feedback")).raise_for_status().json()["id"]
    await pool.execute(
        "update submissions set state = 'running', score = 99, change = next_change(phase_id) where id = $1::uuid",
        running,
    )

    again = [
        await gateway.anyone.get(f"{API}/{path}", headers={"If-None-Match": first.headers["ETag"]})
        for path, first in firsts.items()
    ]

    assert [(each.status_code, each.content) for each in again] == [(304, b"")] * 3
    await score_boxes(pool, running, {"box-01": 0.0, "box-02": 0.0})
    (await gateway.organizer.post("/api/v1/admin/competitions/c/phases/feedback/freeze")).raise_for_status()
    changed = await gateway.anyone.get(f"{API}/days", headers={"If-None-Match": firsts["days"].headers["ETag"]})
    assert [each["team"] for each in changed.json()["teams"]] == ["eve", "ada", "ben"]


async def test_counters_count_once_in_a_while_however_many_ask(gateway_settings: GatewaySettings, pool: Pool) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, n_calls=3, n_suggestions=2))
    await pool.execute("update submissions set studies_done = 3, spent_s = 12.5 where id = $1", submission)
    async with stopped_gateway(gateway_settings) as gateway:
        first = (await gateway.http.get("/api/v1/counters")).raise_for_status().json()
        await pool.execute("update submissions set studies_done = 4")
        gateway.noted.take()
        again = [(await gateway.http.get("/api/v1/counters")).json() for _ in range(5)]
        asked = gateway.noted.take()
        gateway.now += COUNTERS_KEPT_S
        later = (await gateway.http.get("/api/v1/counters")).json()

    expected = {"competitions": 1, "teams": 1, "submissions": 1, "studies": 3, "evaluations": 18, "cpu_s": 12.5}
    assert first == expected
    assert again == [expected] * 5
    assert asked == []
    assert (later["studies"], later["evaluations"]) == (4, 24)
