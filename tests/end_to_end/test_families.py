"""A competition that mixes problem families, with real studies: planned, scored, exported, replayed."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arena.client.http import Client
from arena.pack.optimizer_zip import read_zip
from shared.database import Pool
from tests.support.command_line import Arena
from tests.support.end_to_end.competition import EXAMPLES, ORGANIZER
from tests.support.end_to_end.docs_page import read_blocks
from tests.support.stack import ROOT
from tests.support.toml_text import toml_text
from tests.support.waiting import SCORING_LIMIT_S, wait_until

SLUG, BASELINE = "mixed", "mixed"
GRIDS: list[dict[str, Any]] = [
    {"models": ["DT"], "datasets": ["iris"], "metrics": ["acc"]},
    {"family": "bbob", "functions": [1], "dimensions": [2], "instances": [3]},
    {"family": "bbob", "suite": "bbob-mixint", "functions": [8], "dimensions": [5], "instances": [1]},
    {"family": "ioh", "suite": "pbo", "functions": [1], "dimensions": [16], "instances": [1]},
]
PAGE = ROOT / "docs" / "organizer" / "problems.md"
"""What its competition file says of a family of one's own stands in the files of these tests."""
CASES = {"DT_iris_acc", "bbob-f01-d2-i3", "bbob-mixint-f08-d5-i1", "pbo-f01-d16-i1", "coffee-village"}
KNOWN_OPTIMA = {"bbob-f01-d2-i3": -247.11, "pbo-f01-d16-i1": -16.0}
NODES = len(CASES) + 2 + 1
"""Random search on each, the strong optimizer on the two without a known optimum, and one node for all."""


@pytest.fixture(scope="module", autouse=True)
def images() -> Iterator[None]:
    """The families that come with the package; the one that the test makes is gone afterwards."""
    command: list[str | Path] = ["bash", ROOT / "deploy" / "images.sh", "family-bbob", "family-ioh"]
    subprocess.run(command, check=True, timeout=SCORING_LIMIT_S)
    yield
    subprocess.run(["docker", "image", "rm", "--force", "arena-family-coffee:local"], check=True, capture_output=True)


def write_file(folder: Path, grids: list[dict[str, Any]], **more: Any) -> Path:
    file = folder / "competition.toml"
    [of_the_page] = [block.text for block in read_blocks(PAGE) if block.file == file.name]
    head = {"slug": SLUG, "name": "Mixed", "seed": "mixed", "grids": grids}
    file.write_text(toml_text(head | more) + of_the_page)
    return file


async def test_a_competition_that_mixes_families_is_planned_scored_exported_and_replayed(
    platform: str, platform_pool: Pool, tmp_path: Path
) -> None:
    organizer, arena = Client(platform, ORGANIZER), Arena(platform, tmp_path)
    await arena.json("problem", "new", "coffee")
    await arena.json("competition", "apply", write_file(tmp_path, GRIDS))
    boxes = organizer.get(f"/api/v1/admin/competitions/{SLUG}/black-boxes").json["black_boxes"]
    optima = {box["problem"]: box["best"] for box in boxes if box["best"] is not None}
    assert optima.items() >= KNOWN_OPTIMA.items()
    assert optima.keys() == CASES - {"DT_iris_acc", "coffee-village"}

    estimate = await arena.json("estimate", "--competition", SLUG, "--probe-calls", "1")
    assert len(estimate["rows"]) == len(CASES)
    build = ("baseline", "build", "--competition", SLUG, "--name", BASELINE, "--random-studies", "2", "--n-calls", "6")
    built = await arena.json(*build, "--strong-studies", "1", "--strong-calls", "4")
    assert (built["nodes"], built["nodes_run"]) == (NODES, NODES)

    phase = {"name": "feedback", "baseline": BASELINE, "boxes": [box["label"] for box in boxes], "studies_per_box": 1}
    await arena.json("competition", "apply", write_file(tmp_path, GRIDS, phases=[{**phase, "n_calls": 6}]))
    token = organizer.post(f"/api/v1/admin/competitions/{SLUG}/teams", {"name": "dice"}).json["token"]
    submission = Client(platform, token).submit(SLUG, None, *read_zip(EXAMPLES / "random_search")).json["id"]
    await wait_until(
        lambda: platform_pool.fetchval("select ended_at is not null from submissions where id = $1", submission),
        limit_s=SCORING_LIMIT_S,
        what="the submission has ended",
    )

    where = ("--competition", SLUG, "--phase", "feedback")
    verified = await arena.json("export", *where, tmp_path / "results", "--verify")
    (score,) = verified["scores"]
    assert score["leaderboard"] is not None
    assert score["bayesmark"] == pytest.approx(score["leaderboard"], abs=1e-9)
    await check_replays(arena, platform_pool, submission)


async def check_replays(arena: Arena, pool: Pool, submission: str) -> None:
    """Each execution gives the same losses again, bit for bit, whatever its family."""
    shards = await pool.fetch("select id, family from shards where submission_id = $1", submission)
    assert sorted(shard["family"] for shard in shards) == ["bbob", "bbob", "coffee", "ioh", "sklearn"]
    for shard in shards:
        code, replayed = await arena.json_and_code("replay", f"{shard['id']}:1")
        assert (code, shard["family"], replayed["identical"]) == (0, shard["family"], True)


async def test_a_problem_that_its_family_does_not_have_is_refused_on_its_line(platform: str, tmp_path: Path) -> None:
    file = tmp_path / "competition.toml"
    boxes = [{"label": "a", "family": "bbob", "problem": "bbob-f25-d2-i1"}]
    file.write_text(toml_text({"slug": "none", "name": "None", "seed": "s", "black_boxes": boxes}))

    code, _, told = await Arena(platform).run("competition", "apply", file, "--json")

    assert code != 0
    (fault,) = json.loads(told)["errors"]
    assert fault["what"] == "The problem family bbob has no problem 'bbob-f25-d2-i1'."
    assert 'problem = "bbob-f25-d2-i1"' in file.read_text().splitlines()[fault["line"] - 1]


async def test_an_own_family_that_is_not_the_same_twice_is_refused_before_anything_is_applied(
    platform: str, tmp_path: Path
) -> None:
    await Arena(platform, tmp_path).json("problem", "new", "coffee")
    code = (tmp_path / "coffee" / "problem.py").read_text()
    assert "np.random.RandomState(0)" in code
    (tmp_path / "coffee" / "problem.py").write_text(code.replace("RandomState(0)", "RandomState()"))

    exit_code, _, told = await Arena(platform, tmp_path).run("competition", "apply", write_file(tmp_path, []))

    assert exit_code != 0
    lines = " ".join(told.split())
    assert "The problem family coffee is refused, nothing applied" in lines
    assert "coffee-village: " in lines
