"""Organizers announce something: on the site, in the feed, and by e-mail to those who want it."""

import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from uuid import UUID
from xml.etree import ElementTree

import pytest

from services.gateway.settings import GatewaySettings
from shared.database import Pool
from tests.support.gateway.competitions import competition
from tests.support.gateway.ending import end_submission
from tests.support.gateway.running import Gateway, gateway_with_baseline
from tests.support.mail_server import Mailbox, running_mail_server, smtp_settings
from tests.support.waiting import wait_until

HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1))"
PATH = "/api/v1/admin/competitions/c/announcements"


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with running_mail_server() as mailbox:
        yield mailbox


@pytest.fixture
async def gateway(gateway_settings: GatewaySettings, mailbox: Mailbox) -> AsyncIterator[Gateway]:
    settings = gateway_settings.model_copy(update=smtp_settings(mailbox.port))
    async with gateway_with_baseline(settings) as gateway:
        await gateway.apply(competition())
        yield gateway


async def announce(gateway: Gateway, title: str, text: str = "It closes on **Friday**.") -> str:
    answer = await gateway.organizer.post(PATH, json={"title": title, "text": text})
    announcement_id: str = answer.raise_for_status().json()["id"]
    return announcement_id


async def add_person(pool: Pool, email: str, team: str | None, role: str = "member") -> UUID:
    person: UUID = await pool.fetchval(
        "insert into people (email, role, confirmed_at) values ($1, $2, now()) returning id", email, role
    )
    if team is not None:
        await pool.execute(
            "insert into memberships (person_id, competition_id, team_id)"
            " select $1, competition_id, id from teams where name = $2",
            person,
            team,
        )
    return person


async def test_announcements_are_on_the_site_the_newest_first_and_harmless(gateway: Gateway) -> None:
    await announce(gateway, "First")
    await announce(gateway, "<b>Second</b>", HOSTILE)

    page = (await gateway.anyone.get("/c/c/announcements")).text
    assert page.index("&lt;b&gt;Second&lt;/b&gt;") < page.index("First")
    assert "<strong>Friday</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page
    assert "&lt;b&gt;Second&lt;/b&gt;" in (await gateway.anyone.get("/c/c")).text
    listed = (await gateway.anyone.get("/api/v1/competitions/c/announcements?limit=1")).json()
    assert [each["title"] for each in listed["announcements"]] == ["<b>Second</b>"]
    more = (await gateway.anyone.get(f"/api/v1/competitions/c/announcements?cursor={listed['next']}")).json()
    assert [each["title"] for each in more["announcements"]] == ["First"]


async def test_a_feed_reader_reads_them(gateway: Gateway) -> None:
    await announce(gateway, "One & two <week>", HOSTILE)
    answer = await gateway.anyone.get("/c/c/announcements.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.text)  # noqa: S314 - our own answer
    [entry] = feed.findall("{http://www.w3.org/2005/Atom}entry")
    assert entry.findtext("{http://www.w3.org/2005/Atom}title") == "One & two <week>"
    assert "<script>" not in (entry.findtext("{http://www.w3.org/2005/Atom}content") or "")


async def test_one_that_is_withdrawn_is_gone(gateway: Gateway) -> None:
    announcement = await announce(gateway, "By mistake")
    (await gateway.organizer.delete(f"{PATH}/{announcement}")).raise_for_status()
    assert "By mistake" not in (await gateway.anyone.get("/c/c/announcements")).text
    answer = await gateway.organizer.delete(f"{PATH}/{announcement}")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_announcement")


async def test_members_get_an_email_until_they_switch_its_kind_off_by_its_link(
    gateway: Gateway, pool: Pool, mailbox: Mailbox
) -> None:
    await gateway.team("ours")
    await add_person(pool, "ada@uni.example", "ours")
    await add_person(pool, "nobody@uni.example", None)
    await announce(gateway, "One week to go")
    [message] = await mailbox.wait_for(1)
    assert (message["To"], message["Subject"]) == ("ada@uni.example", "C: One week to go")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = urlsplit(message["List-Unsubscribe"].strip("<>"))
    address = f"{link.path}?{link.query}"

    asked = await gateway.anyone.get(address)  # as a mail program does that looks at links
    assert "Send me no more of these" in asked.text
    await announce(gateway, "Still wanted")
    await mailbox.wait_for(2)
    wrong = await gateway.anyone.post(re.sub("secret=....", "secret=0000", address))
    assert wrong.status_code == 404
    one_click = await gateway.anyone.post(address, data={"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 200
    await announce(gateway, "Not wanted")
    await end_submission(pool, gateway, "theirs")

    async def are_told() -> bool:
        return not await pool.fetchval("select exists (select from notices where told_at is null)")

    await wait_until(are_told, what="all is told")
    assert await pool.fetchval("select count(*) from emails") == 0
    assert len(mailbox.messages) == 2


async def test_a_team_s_members_and_nobody_else_hear_of_its_submission(
    gateway: Gateway, pool: Pool, mailbox: Mailbox
) -> None:
    await gateway.team("theirs")
    await add_person(pool, "eva@uni.example", "theirs")
    submission = await end_submission(pool, gateway, "ours")
    await add_person(pool, "ada@uni.example", "ours")
    await pool.execute("update notices set told_at = null")

    messages = await mailbox.wait_for(1)

    assert [each["To"] for each in messages] == ["ada@uni.example"]
    assert messages[0]["Subject"] == "C: optimizer.zip scored: 87.50"
    assert f"/submissions/{submission}" in messages[0].get_content()


async def test_organizers_hear_of_incidents_once_in_a_quarter_of_an_hour(
    gateway: Gateway, pool: Pool, mailbox: Mailbox
) -> None:
    await add_person(pool, "organizer@uni.example", None, role="organizer")
    submission = await end_submission(pool, gateway, "ours")
    await pool.execute(
        "insert into shards (submission_id, box_id, ordinal, first_study, n_studies)"
        " select $1, box_id, 0, 0, 1 from phase_boxes",
        submission,
    )
    await pool.execute("update shards set state = 'incident'")
    await pool.execute("update notices set not_before = now() where kind = 'incident.opened'")
    [message] = await mailbox.wait_for(1)
    assert (message["To"], message["Subject"]) == ("organizer@uni.example", "C: 2 shards are incidents")


async def test_a_phase_that_closes_within_a_day_is_told_once(gateway: Gateway, pool: Pool, mailbox: Mailbox) -> None:
    await gateway.team("ours")
    await add_person(pool, "ada@uni.example", "ours")
    await pool.execute("update phases set closes_at = now() + interval '23 hours'")
    [message] = await mailbox.wait_for(1)
    assert message["Subject"] == "C: the phase feedback closes soon"
    assert await pool.fetchval("select count(*) from notices where kind = 'phase.closing'") == 1
