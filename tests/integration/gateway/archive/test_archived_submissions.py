"""What the archive of a finished competition may have, and that it has nothing else."""

import hashlib
from uuid import UUID

import httpx

from shared.database import Pool
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import competition
from tests.support.gateway.finals import end, finish_final
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import make_zip, submit

ARCHIVE = "/api/v1/admin/competitions/c/archive"
AGREED, KEPT = make_zip(b"agreed"), make_zip(b"kept back")


async def finish(pool: Pool) -> None:
    await pool.execute("update submissions set state = 'scored', verdict = 'scored', score = 1, ended_at = now()")
    await pool.execute("update phases set closes_at = now() - interval '1 minute' where kind = 'competition'")


async def submit_both(gateway: Gateway) -> dict[str, UUID]:
    await gateway.apply(competition())
    agreed = await submit(await gateway.team("open"), AGREED, publish_zip="true")
    kept = await submit(await gateway.team("closed"), KEPT)
    return {name: UUID(answer.raise_for_status().json()["id"]) for name, answer in (("open", agreed), ("closed", kept))}


async def get_blob(client: httpx.AsyncClient, content: bytes) -> httpx.Response:
    return await client.get(f"{ARCHIVE}/blobs/{hashlib.sha256(content).hexdigest()}")


async def test_a_zip_is_published_only_if_its_team_agreed_when_it_submitted(gateway: Gateway, pool: Pool) -> None:
    ids = await submit_both(gateway)
    await finish(pool)

    page = (await gateway.organizer.get(f"{ARCHIVE}/submissions")).json()

    assert {UUID(each["id"]): each["zip_published"] for each in page["submissions"]} == {
        ids["open"]: True,
        ids["closed"]: False,
    }
    assert (await get_blob(gateway.organizer, AGREED)).content == AGREED
    assert_problem(await get_blob(gateway.organizer, KEPT), 404)


async def test_a_team_sees_what_it_agreed_to_and_nothing_is_agreed_by_default(gateway: Gateway) -> None:
    await gateway.apply(competition())
    team = await gateway.team("a")

    answers = [
        (await submit(team)).json(),
        *[(await submit(team, publish_zip=each)).json() for each in ("true", "false")],
    ]

    assert [each["publish_zip"] for each in answers] == [False, True, False]
    shown = [(await team.get(f"/api/v1/submissions/{each['id']}")).json() for each in answers]
    assert [each["publish_zip"] for each in shown] == [False, True, False]


async def test_a_final_is_known_by_where_its_submissions_began_however_often_they_were_rescored(
    gateway: Gateway, pool: Pool
) -> None:
    await finish_final(gateway, pool)
    for rescored in ("final", "feedback"):
        path = f"/api/v1/admin/competitions/c/phases/{rescored}/rescore"
        for each in (await gateway.organizer.post(path, json={})).raise_for_status().json()["submissions"]:
            await end(pool, each["new_id"], score=50.0)
        (await gateway.organizer.post(f"{path}/apply")).raise_for_status()
    await finish(pool)

    page = (await gateway.organizer.get(f"{ARCHIVE}/submissions")).raise_for_status().json()

    began = {(each["phase"], each["origin_phase"]) for each in page["submissions"]}
    assert began == {("feedback", "feedback"), ("final", "feedback")}
    assert len(page["submissions"]) == len({each["id"] for each in page["submissions"]})


async def test_nothing_is_archived_before_the_competition_is_finished(gateway: Gateway) -> None:
    await submit_both(gateway)

    for path in (f"{ARCHIVE}/submissions", f"{ARCHIVE}/blobs/{'0' * 64}"):
        answer = await gateway.organizer.get(path)
        assert_problem(answer, 409)
        assert answer.json()["code"] == "competition_unfinished"


async def test_the_same_key_with_another_answer_is_another_request(gateway: Gateway) -> None:
    await gateway.apply(competition())
    team = await gateway.team("a")
    (await submit(team, AGREED, key="k")).raise_for_status()

    answer = await submit(team, AGREED, key="k", publish_zip="true")

    assert_problem(answer, 409)
    assert answer.json()["code"] == "key_reused"


async def test_a_zip_that_a_team_agreed_to_for_another_competition_is_not_published(
    gateway: Gateway, pool: Pool
) -> None:
    await submit_both(gateway)
    await gateway.apply(competition(), slug="other")
    other = await gateway.team("elsewhere", slug="other")
    (await submit(other, KEPT, slug="other", publish_zip="true")).raise_for_status()
    await finish(pool)

    assert_problem(await get_blob(gateway.organizer, KEPT), 404)
