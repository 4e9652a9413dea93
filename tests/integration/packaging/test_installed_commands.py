"""A participant who has installed the client, and nothing else of this project, can do all that there is to do."""

import asyncio
import json
from pathlib import Path

import pytest

from arena.export.results_folder import write_results_folder
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway
from tests.support.installed import Installed, Wheels, working_pythons
from tests.support.oracles.exported import DOCUMENT, as_text, studies


@pytest.fixture(scope="module", params=working_pythons())
def checker(request: pytest.FixtureRequest, wheels: Wheels, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return wheels.install(tmp_path_factory.mktemp("checker"), request.param, "arena[check]")


async def test_a_participant_starts_packs_and_submits(client: Installed, gateway: Gateway) -> None:
    (await gateway.apply(competition())).raise_for_status()
    team = await gateway.organizer.post("/api/v1/admin/competitions/c/teams", json={"name": "ada"})
    environment = {"ARENA_URL": gateway.url, "ARENA_TOKEN": team.raise_for_status().json()["token"]}

    for arguments in (("new", "mine"), ("pack", "mine", "-o", "mine.zip")):
        await asyncio.to_thread(client.run, "arena", *arguments)
    shown = await asyncio.to_thread(
        client.run, "arena", "submit", "mine.zip", "--competition", "c", "--json", **environment
    )

    assert json.loads(shown)["state"] == "queued"


def test_an_organizer_lets_stock_bayesmark_score_an_export(wheels: Wheels, tmp_path: Path) -> None:
    organizer = wheels.install(tmp_path, "python3.11", "arena[report]")
    write_results_folder(as_text(studies()), organizer.folder / "results", lambda *_: DOCUMENT)

    organizer.run("arena", "bayesmark", "agg", "results")
    scored = organizer.run("arena", "bayesmark", "anal", "results")

    assert "Final scores (JSON):" in scored


@pytest.mark.timeout(600)
def test_a_participant_makes_the_images_and_checks(checker: Installed) -> None:
    checker.run("arena", "new", "mine")

    images = json.loads(checker.run("arena", "images", "build", "--json"))["images"]
    report = json.loads(checker.run("arena", "check", "mine", "--boxes", "DT_iris_acc", "--n-calls", "2", "--json"))

    assert set(images) == {"blackbox", "small"}
    assert report["scored"], report
    assert sorted(report["images"].values()) == sorted(images.values())
