"""A submission's place in the queue, and how long it may take still, from what was measured."""

from websockets.asyncio.client import connect

from shared.database import Pool
from tests.support.gateway.answers import receive
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import measure_studies, set_score
from tests.support.gateway.submitting import submit
from tests.support.waiting import wait_until


async def test_the_queue_goes_round_the_teams_and_the_time_is_from_measured_studies(
    gateway: Gateway, pool: Pool
) -> None:
    await gateway.apply(competition())
    many, one = await gateway.team("many"), await gateway.team("one")
    identities = [(await submit(many)).json()["id"] for _ in range(3)] + [(await submit(one)).json()["id"]]

    async def bodies() -> list[tuple[int, list[int] | None]]:
        answers = [(await gateway.organizer.get(f"/api/v1/submissions/{each}")).json() for each in identities]
        return [(answer["queue_position"], answer["remaining_s"]) for answer in answers]

    unknown = await bodies()
    await measure_studies(pool, (await submit(await gateway.team("before"))).json()["id"], 9.5)
    await pool.execute("insert into runners (id, slots, ready, reason) values ('runner', 2, true, '')")

    async def known() -> bool:
        return all(remaining is not None for _, remaining in await bodies())

    await wait_until(known, what="the forecast is known")
    (_, first), (_, second), (_, third), (place, newcomer) = await bodies()

    assert unknown == [(1, None), (3, None), (4, None), (2, None)]
    assert place == 2
    for interval, seconds in ((first, 40), (newcomer, 40), (second, 60), (third, 80)):
        assert interval is not None
        low, high = interval
        assert seconds / 4 < low <= seconds <= high < 3 * seconds
    listed = (await one.get("/api/v1/competitions/c/submissions")).json()["submissions"]
    assert (listed[0]["queue_position"], listed[0]["remaining_s"] is None) == (2, False)


async def test_a_live_feed_tells_of_a_new_place_in_the_queue(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    first, second = [(await submit(await gateway.team(name))).json()["id"] for name in ("a", "b")]
    headers = {"Authorization": gateway.organizer.headers["Authorization"]}

    async with connect(gateway.live(f"/submissions/{second}/live"), additional_headers=headers) as feed:
        waits = await receive(feed)
        await gateway.organizer.post(f"/api/v1/submissions/{first}/cancel")
        is_next = await receive(feed)
        await set_score(pool, second, 10.0)
        runs = await receive(feed)

    assert [message["submission"]["queue_position"] for message in (waits, is_next, runs)] == [2, 1, None]
    assert waits["change"] == is_next["change"] < runs["change"]
