"""A good family is accepted with what it costs, and each bad one is refused with the point that showed it."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from arena.family.check import CheckSize, check_family
from arena.family.findings import FamilyFindings
from arena.package_data import PROBLEM_START
from arena.sandbox.settings import SandboxSettings
from tests.support.command_line import Arena
from tests.support.end_to_end.docs_page import read_blocks
from tests.support.hostile.family import FAMILIES, read_family_header, write_bad_family, write_family
from tests.support.sandbox.engine_watch import Watch
from tests.support.stack import ROOT

SMALL = CheckSize(random_points=2, corners=6, memory_bytes=512 * 1024**2)
EVALUATION_LIMIT_S = 10.0

pytestmark = pytest.mark.asyncio(loop_scope="module")

GOOD = (PROBLEM_START / "problem.py").read_text()
PAGE = ROOT / "docs" / "organizer" / "problems.md"
SEEDED_ELSEWHERE = """

class Elsewhere(Sphere):
    generator = np.random.default_rng(0)

    def evaluate(self, params):
        exact = params["x"] ** 2 + params["y"] ** 2
        return exact + self.spread * self.generator.normal(), exact


def problems():
    return [*SPREADS, "elsewhere"]


def make_problem(name):
    return Elsewhere(0.5) if name == "elsewhere" else Sphere(SPREADS[name])
"""


async def find(settings: SandboxSettings, folder: Path, size: CheckSize = SMALL) -> FamilyFindings:
    quick = replace(settings, evaluation_timeout_s=128 * EVALUATION_LIMIT_S)
    return await check_family(folder, quick, size=size)


@pytest.mark.parametrize("path", FAMILIES, ids=lambda path: path.stem)
async def test_a_bad_family_is_refused_with_the_problem_and_the_point_that_showed_it(
    runner_settings: SandboxSettings, watch: Watch, tmp_path: Path, path: Path
) -> None:
    header = read_family_header(path)
    folder = write_bad_family(tmp_path / "family", path)

    findings = await find(runner_settings, folder)

    assert not findings.accepted
    refusal = findings.refusals[0]
    assert refusal.code == header["refused"], refusal.sentence
    assert (refusal.point is not None) == (header.get("point") == "yes"), refusal.sentence
    if refusal.point is not None:
        assert (refusal.problem, sorted(refusal.point)) == ("sphere", ["n", "x"])
    assert not await watch.find("blackbox")


async def test_a_space_is_refused_with_the_parameter_that_bayesmark_cannot_express(
    runner_settings: SandboxSettings, tmp_path: Path
) -> None:
    path = next(each for each in FAMILIES if each.stem == "space_log")

    findings = await find(runner_settings, write_bad_family(tmp_path / "family", path))

    assert [each.code for each in findings.refusals] == ["space_not_expressible"]
    assert "Parameter 'rate'" in findings.refusals[0].what
    assert "good" not in findings.refusals[0].what


async def test_a_point_that_showed_a_nan_is_named_and_the_next_problem_is_tried_all_the_same(
    runner_settings: SandboxSettings, tmp_path: Path
) -> None:
    bad = GOOD.replace("return visible, float(np.mean(days))", "return visible, float('nan')").replace(
        "CoffeeBar(CUSTOMERS_PER_HOUR[name])", "CoffeeBar(CUSTOMERS_PER_HOUR[name]) if 'station' in name else Flat()"
    )
    flat = "\n\nclass Flat(CoffeeBar):\n    def __init__(self): super().__init__(1.0)\n"
    flat += "    def evaluate(self, params): return 1.0, 2.0\n"

    findings = await find(runner_settings, write_family(tmp_path / "family", bad + flat))

    assert [(each.code, each.problem) for each in findings.refusals] == [("not_finite", "coffee-station")]
    low = {"baristas": 1, "hours": 2.0, "price": 1.0, "method": "by-hand", "loyalty_card": False}
    assert findings.refusals[0].point == low
    points = {each.name: len(each.losses) for each in findings.problems}
    assert points == {"coffee-village": 8, "coffee-station": 0}


async def test_noise_of_the_studys_seed_is_accepted_and_noise_of_another_seed_refused_with_its_point(
    runner_settings: SandboxSettings, tmp_path: Path
) -> None:
    [of_the_page] = [block.text for block in read_blocks(PAGE) if block.file == "noisy/problem.py"]

    findings = await find(runner_settings, write_family(tmp_path / "family", of_the_page + SEEDED_ELSEWHERE))

    assert [(each.code, each.problem) for each in findings.refusals] == [("not_deterministic", "elsewhere")]
    assert findings.refusals[0].point is not None
    assert sorted(findings.refusals[0].point) == ["x", "y"]
    losses = {each.name: each.losses for each in findings.problems}
    assert all(visible == exact for visible, exact in losses["sphere"])
    assert all(visible != exact for visible, exact in losses["sphere-noisy"])


async def test_only_the_problems_that_are_wanted_are_tried_and_one_that_is_missing_is_named(
    runner_settings: SandboxSettings, tmp_path: Path
) -> None:
    folder = write_family(tmp_path / "family", GOOD)

    one = await check_family(folder, runner_settings, problems=["coffee-station"], size=SMALL)
    none = await check_family(folder, runner_settings, problems=["coffee-moon"], size=SMALL)

    assert (one.accepted, [each.name for each in one.problems]) == (True, ["coffee-station"])
    assert [each.code for each in none.refusals] == ["problem_missing"]
    assert "coffee-moon" in none.refusals[0].what


async def test_a_new_family_is_accepted_with_the_cost_of_its_problems(tmp_path: Path) -> None:
    arena = Arena("http://localhost:1")
    folder = tmp_path / "cafe"
    written = await arena.json("problem", "new", folder)
    assert written["files"] == ["README.md", "problem.py", "requirements.txt"]
    assert 'family = "cafe"' in (folder / "README.md").read_text()

    code, body = await arena.json_and_code("problem", "check", folder)

    assert (code, body["accepted"], body["refusals"]) == (0, True, [])
    assert {each["problem"]: each["parameters"] for each in body["problems"]} == {
        "coffee-village": 5,
        "coffee-station": 5,
    }
    for each in body["problems"]:
        assert each["points"] == 8 + 8
        assert 0 < each["evaluation_s"] <= each["longest_evaluation_s"]
        assert each["memory_bytes"] > 0
        assert each["lowest_loss"] < each["highest_loss"]


async def test_a_refused_family_ends_the_command_with_1_and_says_why_in_plain_words(tmp_path: Path) -> None:
    path = next(each for each in FAMILIES if each.stem == "one_loss")
    folder = write_bad_family(tmp_path / "family", path)

    code, output, _ = await Arena("http://localhost:1").run("problem", "check", folder)
    json_code, body = await Arena("http://localhost:1").json_and_code("problem", "check", folder)

    assert (code, json_code) == (1, 1)
    assert "refused (wrong_losses): sphere: Expected two losses, (visible, generalization); got 1.0." in output
    assert "at the point {'x': -1.0, 'n': 0}" in output
    assert body["refusals"][0]["point"] == {"x": -1.0, "n": 0}
    assert json.dumps(body["accepted"]) == "false"


async def test_a_folder_without_a_problem_file_is_refused_before_anything_is_built(
    runner_settings: SandboxSettings, tmp_path: Path
) -> None:
    findings = await find(runner_settings, tmp_path)

    assert [each.code for each in findings.refusals] == ["no_problem_file"]
    assert findings.image is None


async def test_a_check_that_is_stopped_leaves_no_container(
    runner_settings: SandboxSettings, watch: Watch, tmp_path: Path
) -> None:
    path = next(each for each in FAMILIES if each.stem == "hangs")
    folder = write_bad_family(tmp_path / "family", path)
    began = asyncio.Event()

    def report(name: str, done: int, total: int) -> None:
        del name, done, total
        began.set()

    checking = asyncio.create_task(check_family(folder, runner_settings, size=SMALL, report=report))
    await began.wait()
    checking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await checking

    assert not await watch.find("blackbox")
