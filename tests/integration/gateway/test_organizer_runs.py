"""The organizer's own studies: hidden, without a score, and never the same ones twice."""

from typing import Any

from shared.database import Pool
from tests.support.gateway.competitions import competition
from tests.support.gateway.organizer_runs import PATH, start
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import make_zip


async def test_an_organizer_run_is_a_submission_of_nobody_in_a_hidden_phase(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())

    answer = (await start(gateway)).json()

    assert answer["new"]
    assert answer["submission"]["studies_total"] == 4
    shown = (await gateway.anyone.get("/api/v1/competitions/c")).json()
    assert [phase["name"] for phase in shown["phases"]] == ["feedback"]
    team = await gateway.team("a")
    assert (await team.get(f"/api/v1/submissions/{answer['submission']['id']}")).status_code == 404
    assert (
        await pool.fetchval("select kind from phases where name = $1", answer["submission"]["phase"]) == "organizer_run"
    )
    listed = (await gateway.organizer.get(PATH, params={"purpose": "estimate"})).json()["organizer_runs"]
    assert [each["submission_id"] for each in listed] == [answer["submission"]["id"]]


async def test_the_same_organizer_run_is_run_once_and_again_only_when_it_failed(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    first = (await start(gateway)).json()

    again = (await start(gateway, studies_per_shard=2)).json()
    assert not again["new"]
    assert again["submission"]["id"] == first["submission"]["id"]
    others = [await start(gateway, studies=5), await start(gateway, make_zip(b"class Other: ..."))]
    assert all(other.json()["new"] for other in others)

    await pool.execute("update submissions set state = 'failed', verdict = 'does_not_load', ended_at = now()")
    assert (await start(gateway)).json()["new"]


async def test_an_organizer_run_that_cannot_be_is_422(gateway: Gateway) -> None:
    await gateway.apply(competition())

    bad: list[dict[str, Any]] = [{"boxes": ["box-99"]}, {"boxes": []}, {"studies": 0}, {"unknown": 1}]
    for changes in bad:
        assert (await start(gateway, **changes)).status_code == 422
    assert (await start(gateway, b"no zip")).status_code == 422
