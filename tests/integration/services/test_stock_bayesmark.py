"""The organizer lets stock Bayesmark score what was exported, by the commands of the documentation."""

import shlex
from pathlib import Path
from typing import Any

import pytest

from shared.blobs import Blobs
from shared.broker.connection import Broker
from shared.database import Pool
from tests.support.command_line import Arena, write_optimizer
from tests.support.gateway.competitions import NLL_BOXES, competition
from tests.support.gateway.running import Gateway
from tests.support.service_settings import PlatformSettings
from tests.support.services.fake_slots import StatedLossSlot
from tests.support.services.pipeline import scoring

PHASE = ("--competition", "c", "--phase", "feedback")
LOSSES = {"good team_ü": 0.3, "other": 0.5}


@pytest.fixture
async def organizer(
    gateway: Gateway, settings: PlatformSettings, runner_broker: Broker, blobs: Blobs, tmp_path: Path
) -> Arena:
    """The organizer of a competition in which two teams have been scored."""
    await gateway.apply(competition(black_boxes=NLL_BOXES))
    organizer = Arena(gateway.url, tmp_path)
    async with scoring(settings, runner_broker, blobs, StatedLossSlot()):
        for number, (name, loss) in enumerate(LOSSES.items()):
            token = (await organizer.json("team", "create", name, "--competition", "c"))["token"]
            optimizer = write_optimizer(tmp_path, f"optimizer-{number}", f"LOSS = {loss}")
            team = Arena(gateway.url, tmp_path, token)
            ended = await team.json("submit", optimizer, "--competition", "c", "--watch")
            assert ended["state"] == "scored"
    return organizer


async def board(gateway: Gateway) -> dict[str, Any]:
    rows = (await gateway.organizer.get("/api/v1/competitions/c/leaderboard")).json()["rows"]
    return {row["team"]: row["score"] for row in rows}


async def test_every_command_that_export_prints_works_as_it_is(organizer: Arena) -> None:
    code, _, said = await organizer.run("export", *PHASE, "my results/July 2026")
    assert code == 0, said

    commands = [shlex.split(line.partition("arena ")[2]) for line in said.splitlines() if "arena bayesmark" in line]
    answers = [await organizer.run(*command) for command in commands]

    assert [command[:2] for command in commands] == [["bayesmark", "agg"], ["bayesmark", "anal"]]
    assert [(code, errors) for code, _, errors in answers] == [(0, ""), (0, "")]
    assert "Final scores (JSON):" in answers[1][1]


async def test_stock_bayesmarks_scores_are_shown_beside_the_leaderboards(organizer: Arena, gateway: Gateway) -> None:
    code, output, errors = await organizer.run("export", *PHASE, "results", "--verify")
    ours = await board(gateway)

    assert code == 0, errors
    assert 0 < ours["other"] < ours["good team_ü"] < 100
    for team, score in ours.items():
        (line,) = [line for line in output.splitlines() if team in line]
        assert line.count(f"{score:.6f}") == 2

    verified = await organizer.json("export", *PHASE, "results-as-json", "--verify")
    assert {each["team"]: each["leaderboard"] for each in verified["scores"]} == ours
    assert {each["team"]: each["bayesmark"] for each in verified["scores"]} == pytest.approx(ours, abs=1e-9)


async def test_a_score_that_stock_bayesmark_does_not_find_fails_the_command_and_names_the_team(
    organizer: Arena, gateway: Gateway, pool: Pool
) -> None:
    await pool.execute("update submissions set score = score + 0.01 where score = (select max(score) from submissions)")

    code, output, errors = await organizer.run("export", *PHASE, "results", "--verify")

    assert code == 1
    assert "Stock Bayesmark's score is not the leaderboard's for good team_ü." in errors
    for team, score in (await board(gateway)).items():
        assert f"{score:.6f}" in output
        assert ("differs" in next(line for line in output.splitlines() if team in line)) == (team != "other")


async def test_a_phase_without_a_score_has_nothing_to_verify(gateway: Gateway, tmp_path: Path) -> None:
    await gateway.apply(competition())

    code, _, errors = await Arena(gateway.url, tmp_path).run("export", *PHASE, "results", "--verify")

    assert code == 1
    assert "there is none yet" in errors
