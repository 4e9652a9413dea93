"""The commands by which organizers tell people and programs something, and decide who takes part."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.gateway.settings import GatewaySettings
from shared.database import Pool
from tests.support.command_line import Arena
from tests.support.gateway.people import open_competition, sign_up, with_waiting_emails
from tests.support.gateway.running import Gateway, running_gateway
from tests.support.waiting import wait_until
from tests.support.webhook_receiver import running_receiver

HERE = ("--competition", "c")


@pytest.fixture
async def gateway(gateway_settings: GatewaySettings) -> AsyncIterator[Gateway]:
    async with running_gateway(with_waiting_emails(gateway_settings)) as gateway:
        await gateway.apply({**open_competition(approval=True), "phases": []})
        yield gateway


@pytest.fixture
def organizer(gateway: Gateway, tmp_path: Path) -> Arena:
    return Arena(gateway.url, tmp_path)


async def refusals(organizer: Arena, *commands: tuple[str | Path, ...]) -> list[str]:
    """What commands say that are refused."""
    answers = await asyncio.gather(*(organizer.run(*command) for command in commands))
    assert [(code, output) for code, output, _ in answers] == [(1, "")] * len(commands)
    return [errors for *_, errors in answers]


async def test_an_announcement_is_a_file_with_a_title_and_stands_on_the_site(
    gateway: Gateway, organizer: Arena, tmp_path: Path
) -> None:
    news, untitled = tmp_path / "news.md", tmp_path / "untitled.md"
    news.write_text("# One week to go\n\nIt closes on **Friday**.\n")
    untitled.write_text("It closes on Friday.\n")

    code, output, _ = await organizer.run("announce", news, *HERE)
    no_title, no_file, elsewhere = await refusals(
        organizer,
        ("announce", untitled, *HERE),
        ("announce", tmp_path / "none.md", *HERE),
        ("announce", news, "--competition", "none"),
    )

    assert (code, output) == (0, "announced 'One week to go' in c\n")
    assert f"Expected '# ' and a title in the first line of {untitled}" in no_title
    assert "cannot read" in no_file
    assert "There is no competition 'none'." in elsewhere
    shown = (await gateway.anyone.get("/api/v1/competitions/c/announcements")).json()["announcements"]
    assert [(each["title"], each["text"]) for each in shown] == [("One week to go", "It closes on **Friday**.")]


async def test_a_webhook_is_added_shown_with_its_deliveries_sent_something_again_and_removed(
    gateway: Gateway, organizer: Arena, tmp_path: Path
) -> None:
    news = tmp_path / "news.md"
    news.write_text("# News\n\nMore soon.\n")
    event = ("--event", "announcement")
    async with running_receiver() as receiver:
        added = await organizer.json("webhook", "add", receiver.url, *HERE, *event)
        await organizer.json("announce", news, *HERE)
        await receiver.wait_for(1)
        await until_delivered(gateway, added["id"])
        _, listed, _ = await organizer.run("webhook", "list", *HERE)
        _, deliveries, _ = await organizer.run("webhook", "deliveries", added["id"])
        delivery = receiver.requests[0].headers["webhook-id"]
        _, again, _ = await organizer.run("webhook", "redeliver", added["id"], delivery)
        first, second = await receiver.wait_for(2)
        forbidden, unknown, missing = await refusals(
            organizer,
            ("webhook", "add", "https://10.0.0.1/", *HERE, *event),
            ("webhook", "add", receiver.url, *HERE, "--event", "weather"),
            ("webhook", "redeliver", added["id"], added["id"]),
        )
        _, removed, _ = await organizer.run("webhook", "remove", added["id"])

    assert added["secret"].startswith("whsec_")
    assert listed.splitlines()[1].split("\t") == [added["id"], receiver.url, "announcement", "0", "works"]
    assert deliveries.splitlines()[1].split("\t")[:2] == [delivery, "announcement"]
    assert again == f"{delivery} is sent again\n"
    assert first.body == second.body
    assert "expected a host on the internet" in forbidden
    assert "weather" in unknown
    assert f"The webhook has no delivery {added['id']}." in missing
    assert removed == f"removed {added['id']}\n"
    assert (await organizer.json("webhook", "list", *HERE))["webhooks"] == []


async def until_delivered(gateway: Gateway, webhook: str) -> None:
    async def is_delivered() -> bool:
        found = (await gateway.organizer.get(f"/api/v1/webhooks/{webhook}/deliveries")).raise_for_status().json()
        return [each["state"] for each in found["deliveries"]] == ["delivered"]

    await wait_until(is_delivered, what="the announcement is delivered")


async def test_people_are_listed_approved_refused_and_made_judges(
    gateway: Gateway, organizer: Arena, pool: Pool
) -> None:
    for name in ("ada", "eve"):
        await sign_up(gateway, pool, f"{name}@uni.example")

    _, approved, _ = await organizer.run("person", "approve", "Ada@uni.example", *HERE)
    _, refused, _ = await organizer.run("person", "refuse", "eve@uni.example", *HERE)
    _, judge, _ = await organizer.run("person", "role", "ada@uni.example", "judge")
    _, listed, _ = await organizer.run("person", "list", *HERE)
    _, waiting, _ = await organizer.run("person", "list", *HERE, "--waiting")
    nobody, role = await refusals(
        organizer,
        ("person", "approve", "nobody@uni.example", *HERE),
        ("person", "role", "ada@uni.example", "king"),
    )

    assert approved == "ada@uni.example: approved\n"
    assert refused == "eve@uni.example: refused\n"
    assert judge == "ada@uni.example: judge\n"
    assert {tuple(line.split("\t")[:3]) for line in listed.splitlines()[1:]} == {
        ("ada@uni.example", "ada", "approved"),
        ("eve@uni.example", "eve", "refused"),
    }
    assert waiting.splitlines()[1:] == []
    assert "Expected somebody who has registered for c, got nobody@uni.example." in nobody
    assert "role: Expected 'member', 'judge' or 'organizer', got 'king'." in role
