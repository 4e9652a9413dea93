"""A phase scored again, from the start to what its file says afterwards, by the organizer's commands."""

import json
from pathlib import Path
from typing import Any

from shared.blobs import Blobs
from shared.broker.connection import Broker
from tests.support.command_line import Arena, write_optimizer
from tests.support.gateway.competitions import NLL_BOXES, competition, phase
from tests.support.gateway.running import Gateway
from tests.support.service_settings import PlatformSettings
from tests.support.services.fake_slots import StatedLossSlot
from tests.support.services.pipeline import scoring
from tests.support.toml_text import toml_text

PHASE = ("--competition", "c", "--phase", "feedback")


def write_file(folder: Path, **changes: Any) -> Path:
    """Write the competition's file."""
    file = folder / "competition.toml"
    wanted = competition(phase(**{"studies_per_box": 1, **changes}), black_boxes=NLL_BOXES)
    file.write_text(toml_text({"slug": "c", **wanted}))
    return file


async def board(team: Arena) -> list[tuple[str, str, int]]:
    rows = (await team.json("leaderboard", *PHASE))["rows"]
    return [(row["team"], row["submission_id"], row["studies_total"]) for row in rows]


async def test_a_phase_is_scored_again_and_the_organizer_is_told_what_its_file_must_say_from_now_on(
    gateway: Gateway, settings: PlatformSettings, runner_broker: Broker, blobs: Blobs, tmp_path: Path
) -> None:
    organizer = Arena(gateway.url, tmp_path)
    await organizer.json("competition", "apply", write_file(tmp_path))
    teams, ids = {}, {}
    async with scoring(settings, runner_broker, blobs, StatedLossSlot()):
        for name, loss in (("ada", 0.3), ("ben", 0.5)):
            token = (await organizer.json("team", "create", name, "--competition", "c"))["token"]
            teams[name] = Arena(gateway.url, tmp_path, token)
            optimizer = write_optimizer(tmp_path, name, f"LOSS = {loss}")
            ids[name] = (await teams[name].json("submit", optimizer, *PHASE, "--watch"))["id"]

        code, *said = await organizer.run(
            *("rescore", "start", *PHASE, "--studies-per-box", "2", "--limit", "study_timeout_s=60", "--watch")
        )
        assert code == 0
        assert "2 of 2 submissions, 8 of 8 studies" in " ".join(said)
        shown = await organizer.json("rescore", "show", *PHASE)

    new = {each["team"]: each["new_id"] for each in shown["submissions"]}
    hidden = await teams["ada"].run("status", new["ada"])
    before = await board(teams["ada"])
    code, _, applied = await organizer.run("rescore", "apply", *PHASE)

    assert (hidden[0], "no submission" in hidden[2].lower()) == (1, True)
    assert before == [("ada", ids["ada"], 2), ("ben", ids["ben"], 2)]
    assert code == 0
    assert await board(teams["ada"]) == [("ada", new["ada"], 4), ("ben", new["ben"], 4)]
    assert (await teams["ada"].json("status", ids["ada"]))["state"] == "scored", "what was stays on record"

    refused = await organizer.run("competition", "apply", write_file(tmp_path))
    assert (refused[0], "Write studies_per_box = 2" in refused[2]) == (1, True)
    assert "applied as revision 2" in applied
    written = [line.strip().split(" = ") for line in applied.splitlines() if " = " in line]
    assert written == [["studies_per_box", "2"], ["limits.study_timeout_s", "60.0"]]
    file = write_file(tmp_path, **{name: json.loads(value) for name, value in written})
    assert (await organizer.json("competition", "apply", file))["changes"] == []
    verified = await organizer.json("export", *PHASE, tmp_path / "results", "--verify")
    assert {each["submission_id"] for each in verified["scores"]} == set(new.values())


async def test_a_candidate_that_is_discarded_leaves_the_phase_as_it_was(
    gateway: Gateway, settings: PlatformSettings, runner_broker: Broker, blobs: Blobs, tmp_path: Path
) -> None:
    organizer = Arena(gateway.url, tmp_path)
    await organizer.json("competition", "apply", write_file(tmp_path))
    team = Arena(gateway.url, tmp_path, (await organizer.json("team", "create", "ada", "--competition", "c"))["token"])
    async with scoring(settings, runner_broker, blobs, StatedLossSlot()):
        await team.json("submit", write_optimizer(tmp_path, "ada", "LOSS = 0.3"), *PHASE, "--watch")
    before = await board(team)

    started = await organizer.json("rescore", "start", *PHASE, "--n-calls", "4")
    early = await organizer.run("rescore", "apply", *PHASE)
    discarded = await organizer.json("rescore", "discard", *PHASE)
    gone = await organizer.run("rescore", "show", *PHASE)

    assert (early[0], "1 have not" in early[2]) == (1, True)
    assert discarded["stopped"] == [each["new_id"] for each in started["submissions"]]
    assert (gone[0], "has no candidate" in gone[2]) == (1, True)
    assert await board(team) == before
