"""The command line against the real gateway: what scripts rely on."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from shared.database import Pool
from tests.support import csv_files
from tests.support.command_line import Arena, write_optimizer
from tests.support.gateway.competitions import BASELINE, BOXES, competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit
from tests.support.toml_text import toml_text
from tests.support.waiting import wait_until

EXAMPLES = BASELINE.parents[1]
MODELS = ["kNN", "SVM", "RF", "MLP-adam", "ada", "linear"]


async def test_a_competition_from_its_file_to_a_cancelled_submission(
    gateway: Gateway, pool: Pool, tmp_path: Path
) -> None:
    organizer = Arena(gateway.url, tmp_path)
    file = tmp_path / "competition.toml"
    file.write_text(toml_text({"slug": "c", **competition()}))

    imported = await organizer.json("baseline", "import", BASELINE, "--name", "mine")
    applied = await organizer.json("competition", "apply", file)
    team = Arena(gateway.url, tmp_path, (await organizer.json("team", "create", "a", "--competition", "c"))["token"])
    submitted = await team.json("submit", write_optimizer(tmp_path), "--competition", "c", "--phase", "feedback")
    status = await team.json("status", submitted["id"])
    provenance = [await each.json("provenance", submitted["id"], "--reveal") for each in (team, organizer)]
    cancelled = await team.json("cancel", submitted["id"])
    watched = await team.json("watch", submitted["id"])
    board = await team.json("leaderboard", "--competition", "c", "--phase", "feedback")
    exported = await organizer.json("export", "--competition", "c", "--phase", "feedback", tmp_path / "results")

    assert imported == {"name": "mine", "version": 1}
    assert applied["slug"] == "c"
    assert (status["id"], status["state"], status["queue_position"]) == (submitted["id"], "queued", 1)
    assert [(each["revision"], "competition_seed" in each) for each in provenance] == [(1, False), (1, True)]
    assert cancelled["state"] == watched["submissions"][0]["state"] == "cancelled"
    assert board["rows"] == []
    assert exported["studies"] == 0
    assert await pool.fetchval("select count(*) from submissions") == 1


async def test_a_failure_is_one_line_on_stderr_and_exit_code_1(gateway: Gateway, tmp_path: Path) -> None:
    arena = Arena(gateway.url, tmp_path)

    code, output, errors = await arena.run("leaderboard", "--competition", "none")
    assert (code, output, errors) == (
        1,
        "",
        "arena: There is no competition 'none'. 'arena competitions' lists those there are.\n",
    )

    code, output, errors = await arena.run("leaderboard", "--competition", "none", "--json")
    assert (code, output, json.loads(errors)["status"]) == (1, "", 404)


async def test_tables_for_people_show_the_same(gateway: Gateway, tmp_path: Path) -> None:
    await gateway.apply(competition())
    arena = Arena(gateway.url, tmp_path)

    code, output, _ = await arena.run("leaderboard", "--competition", "c")
    assert (code, output.split("\t")[0]) == (0, "rank")

    code, output, _ = await arena.run("baseline", "list")
    assert (code, output.splitlines()[1].split("\t")[0]) == (0, "official@1")

    submitted = (await submit(await gateway.team("a"))).raise_for_status().json()
    code, output, _ = await arena.run("provenance", submitted["id"])
    assert code == 0
    assert {submitted["id"], "official@1", "revision"} <= set(output.split())


async def test_submitting_waits_for_a_platform_that_is_away_and_submits_once(
    gateway: Gateway, pool: Pool, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    await gateway.apply(competition())
    token = (await gateway.team("a")).headers["Authorization"].removeprefix("Bearer ")
    await gateway.database.cut()

    command = asyncio.create_task(
        Arena(gateway.url, tmp_path, token).json("submit", write_optimizer(tmp_path), "--competition", "c")
    )

    async def has_asked_in_vain() -> bool:
        return "/c/submissions" in capfd.readouterr().out  # where the gateway logs what it could not do

    await wait_until(has_asked_in_vain, what="the command has asked in vain")
    await gateway.database.mend()

    assert (await command)["state"] == "queued"
    assert await pool.fetchval("select count(*) from submissions") == 1


async def test_applying_a_file_shows_a_diff_uploads_data_sets_and_again_changes_nothing(
    gateway: Gateway, tmp_path: Path
) -> None:
    arena = Arena(gateway.url, tmp_path)
    (tmp_path / "three.csv").write_bytes(csv_files.classification())
    own = {"label": "box-03", "model": "DT", "dataset": "clf-three", "metric": "acc"}
    body = competition(black_boxes=[*BOXES, own], datasets=[{"name": "clf-three", "file": "three.csv"}])
    file = tmp_path / "competition.toml"
    file.write_text(toml_text({"slug": "c", **body}))

    _, dry, _ = await arena.run("competition", "apply", file, "--dry-run")
    assert "+ black box box-03" in dry
    assert (await gateway.anyone.get("/api/v1/competitions/c")).status_code == 404
    assert (await gateway.organizer.get("/api/v1/admin/competitions/c/datasets")).json()["datasets"] == []

    assert (await arena.json("competition", "apply", file))["revision"] == 1
    _, again, _ = await arena.run("competition", "apply", file)
    assert "c: nothing changes" in again
    file.write_text(file.read_text().replace("studies_per_box = 2", "studies_per_box = 3"))
    _, changed, _ = await arena.run("competition", "apply", file, "--yes")
    assert "~ phase feedback: studies_per_box: 2 → 3" in changed
    file.write_text(
        file.read_text().replace(
            'name = "C"', 'name = "C"\ndescription = "# Rules\\n\\nMany words. Many words. Many words. Many words."'
        )
    )
    _, described, _ = await arena.run("competition", "apply", file, "--dry-run")
    assert "description: # Rules Many words. Many words. Many words. Many words." in described
    shown = await arena.json("competition", "show", "c")
    assert [each["revision"] for each in shown["revisions"]] == [2, 1]
    assert shown["phases"][0]["baseline"] == "official@1"
    assert (await arena.run("competition", "show", "c"))[0] == 0


async def test_the_demos_file_is_applied_on_the_official_baseline(gateway: Gateway, tmp_path: Path) -> None:
    arena = Arena(gateway.url, tmp_path)
    await arena.json("baseline", "import", BASELINE, "--name", "neurips-2020")

    applied = await arena.json("competition", "apply", EXAMPLES / "demo/competition.toml")

    assert (applied["slug"], applied["revision"], len(applied["black_boxes"])) == ("demo", 1, 6)


async def test_a_drawn_phase_with_submissions_keeps_its_boxes_when_the_file_gets_more(
    gateway: Gateway, tmp_path: Path
) -> None:
    arena = Arena(gateway.url, tmp_path)
    file = tmp_path / "competition.toml"
    drawn = {name: each for name, each in phase().items() if name != "boxes"} | {"split": 1}
    document: dict[str, Any] = {"slug": "c", **competition(drawn), "split": {"seed": "s"}}
    file.write_text(toml_text(document))
    (boxes,) = [each["boxes"] for each in (await arena.json("competition", "apply", file))["phases"]]
    (await submit(await gateway.team("a"))).raise_for_status()

    more = [{**BOXES[0], "label": f"box-{number:02}", "model": model} for number, model in enumerate(MODELS, start=10)]
    document["black_boxes"] = [*BOXES, *more]
    file.write_text(toml_text(document))
    code, _, errors = await arena.run("competition", "apply", file)
    assert code == 1
    assert f'Write boxes = ["{boxes[0]}"] instead of a split' in errors

    document["phases"] = [{**phase(), "boxes": boxes}]
    file.write_text(toml_text(document))
    applied = await arena.json("competition", "apply", file)
    assert ([each["boxes"] for each in applied["phases"]], len(applied["black_boxes"])) == ([boxes], 2 + len(more))


async def test_a_file_that_cannot_be_applied_is_refused_with_lines_and_changes_nothing(
    gateway: Gateway, tmp_path: Path
) -> None:
    arena = Arena(gateway.url, tmp_path)
    await gateway.apply(competition())
    (await submit(await gateway.team("a"))).raise_for_status()
    file = tmp_path / "competition.toml"
    file.write_text(toml_text({"slug": "c", **competition(phase(studies_per_box=9, n_calls=8))}))
    lines = file.read_text().splitlines()

    code, _, errors = await arena.run("competition", "apply", file, "--json")

    assert code == 1
    assert [each["line"] for each in json.loads(errors)["errors"]] == [
        lines.index("studies_per_box = 9") + 1,
        lines.index("n_calls = 8") + 1,
    ]
    file.write_text(toml_text({"slug": "c", **competition(phase(n_calls=17), phase("b", baseline="offical"))}))
    code, _, errors = await arena.run("competition", "apply", file)
    assert (code, "Did you mean 'official'?" in errors) == (1, True)
    (revision,) = (await gateway.organizer.get("/api/v1/admin/competitions/c/revisions")).json()["revisions"]
    assert revision["revision"] == 1
