"""The home page: what it says of each competition."""

import re
from html import unescape

from shared.database import Pool
from tests.support.browser.leaderboard_page import set_score_and_interval
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit, teams_with_submissions
from tests.support.waiting import wait_until

PAST, FUTURE = "2020-01-01T12:00:00Z", "2120-01-01T12:00:00Z"


async def read_cards(gateway: Gateway) -> list[str]:
    """Return what the page says of each competition, as plain text."""
    page = (await gateway.anyone.get("/")).raise_for_status().text
    cards = re.findall(r'<li class="card">(.*?)</li>', page, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]*>", "", each)).split()) for each in cards]


async def test_it_says_the_phases_with_their_state_and_deadline(gateway: Gateway) -> None:
    phases = [
        phase("practice", practice=True, boxes=["box-01"]),
        phase("early", boxes=["box-02"], closes_at=PAST),
        phase("feedback", boxes=["box-02"], closes_at=FUTURE),
        phase("later", boxes=["box-02"], opens_at=FUTURE),
        phase("final", boxes=["box-02"], visibility="organizer"),
    ]
    (await gateway.apply(competition(*phases, name="Spring"))).raise_for_status()

    (card,) = await read_cards(gateway)

    assert card == (
        "Spring practice practice open no deadline early closed since 2020-01-01 12:00 UTC "
        "feedback open closes 2120-01-01 12:00 UTC later not open yet opens 2120-01-01 12:00 UTC 0 teams; no score yet"
    )


async def test_it_says_how_many_teams_there_are_and_who_leads(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition(name="Spring"))
    await gateway.apply(competition(name="Autumn"), slug="autumn")
    await gateway.team("alone", "autumn")
    submissions = await teams_with_submissions(gateway, "dice", "library")
    assert [card.partition("deadline ")[2] for card in await read_cards(gateway)] == [
        "2 teams; no score yet",
        "1 team; no score yet",
    ]
    await set_score_and_interval(pool, submissions["dice"], 90.0)
    await set_score_and_interval(pool, submissions["library"], 95.0, done=False)

    async def is_told() -> bool:
        spring, _ = await read_cards(gateway)
        return spring.endswith("2 teams; dice leads with 90.000")

    await wait_until(is_told, what="the page says who leads")  # nobody has announced it


async def test_while_the_leaderboard_is_frozen_nobody_learns_who_leads_now(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    submissions = await teams_with_submissions(gateway, "dice", "library")
    await set_score_and_interval(pool, submissions["dice"], 90.0)
    (await gateway.organizer.post("/api/v1/admin/competitions/c/phases/feedback/freeze")).raise_for_status()
    await set_score_and_interval(pool, submissions["library"], 95.0)

    (card,) = await read_cards(gateway)

    assert card.endswith("dice leads with 90.000, as of the freeze")


async def test_who_leads_is_said_of_the_phase_that_teams_compete_in(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition(phase("practice", practice=True, boxes=["box-01"]), phase(boxes=["box-02"])))
    team = await gateway.team("dice")
    for name, score in (("practice", 99.0), ("feedback", 50.0)):
        identity = (await submit(team, phase=name)).raise_for_status().json()["id"]
        await set_score_and_interval(pool, identity, score)

    (card,) = await read_cards(gateway)

    assert card.endswith("dice leads in feedback with 50.000")
