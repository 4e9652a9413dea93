"""A phase with hidden parameter names, on the whole platform: the team reads no real name, the organizer does."""

import json
from pathlib import Path
from typing import Any

import pytest
from bayesmark.sklearn_funcs import SklearnModel
from bayesmark.space import JointSpace

from arena.client.http import Client
from arena.pack.optimizer_zip import read_zip
from shared.database import Pool
from tests.support.command_line import Arena, write_optimizer
from tests.support.end_to_end.competition import COMPETITION, ORGANIZER, set_up
from tests.support.waiting import SCORING_LIMIT_S, wait_until

SPACES = {
    each["label"]: SklearnModel(each["model"], each["dataset"], each["metric"]).get_api_config()
    for each in COMPETITION["black_boxes"]
}
REAL_NAMES = {name for space in SPACES.values() for name in space if len(name) > 3}
SPEAKS_AND_FAILS_ONCE = """
import sys
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.random_search import suggest_dict
class Speaks(AbstractOptimizer):
    calls = 0
    def suggest(self, n_suggestions=1):
        self.calls += 1
        print(self.api_config, file=sys.stderr)
        if self.calls == 2:
            raise ValueError(self.api_config)
        return suggest_dict([], [], self.api_config, n_suggestions=n_suggestions)
    def observe(self, X, y):
        print(X, file=sys.stderr)
"""
FAR_AWAY = """
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.random_search import suggest_dict
class Away(AbstractOptimizer):
    def suggest(self, n_suggestions=1):
        points = suggest_dict([], [], self.api_config, n_suggestions=n_suggestions)
        return [{**point, "x3": "far away"} for point in points]
    def observe(self, X, y):
        pass
"""


async def until_ended(pool: Pool, submission: str) -> None:
    ended = "select ended_at is not null from submissions where id = $1"
    await wait_until(lambda: pool.fetchval(ended, submission), limit_s=SCORING_LIMIT_S, what="ended")


def all_a_team_reads(team: Client, slug: str, submission: str) -> str:
    """Everything that the API says to a team about a submission, and about where it was sent."""
    paths = ("", "/provenance", "/boxes", "/logs")
    read = [team.get(f"/api/v1/submissions/{submission}{path}").json for path in paths]
    read += [team.get(f"/api/v1/competitions/{slug}{path}").json for path in ("", "/leaderboard", "/submissions")]
    return json.dumps(read)


def exported(organizer: Client, slug: str) -> list[dict[str, Any]]:
    """The studies of a phase's export."""
    with organizer.lines(f"/api/v1/admin/competitions/{slug}/phases/feedback/export") as lines:
        return [json.loads(line) for line in lines][1:]


async def test_a_team_reads_no_real_name_and_the_organizer_s_record_export_and_replay_have_them(
    platform: str, platform_pool: Pool, tmp_path: Path
) -> None:
    organizer, arena = Client(platform, ORGANIZER), Arena(platform)
    dice, _ = set_up(organizer, "hidden", parameter_names="hidden", practice=True)
    speaks = read_zip(write_optimizer(tmp_path, code=SPEAKS_AND_FAILS_ONCE))
    submission = dice.submit("hidden", None, *speaks).json["id"]
    await until_ended(platform_pool, submission)

    said = all_a_team_reads(dice, "hidden", submission)
    assert "'x0'" in said, "it reads what it wrote of the names that it saw"
    assert [name for name in REAL_NAMES if name in said] == []

    studies = exported(organizer, "hidden")
    assert {each["box"] for each in studies} == set(SPACES)
    for each in studies:
        for points in each["suggestions"]:
            JointSpace(SPACES[each["box"]]).validate(points)
    _, listed = await arena.json_and_code("executions", "--submission", submission, "--limit", "1")
    code, replay = await arena.json_and_code("replay", listed["executions"][0]["id"])
    assert (code, replay["identical"]) == (0, True)


async def test_on_a_practice_phase_a_team_reads_the_name_that_its_optimizer_saw(
    platform: str, platform_pool: Pool, tmp_path: Path
) -> None:
    dice, _ = set_up(Client(platform, ORGANIZER), "away", parameter_names="hidden", practice=True)
    away = read_zip(write_optimizer(tmp_path, code=FAR_AWAY))
    submission = dice.submit("away", None, *away).json["id"]
    await until_ended(platform_pool, submission)

    detail = dice.get(f"/api/v1/submissions/{submission}").json["verdict_detail"]

    assert "x3 = 'far away': expected" in detail
    assert [name for name in REAL_NAMES if name in all_a_team_reads(dice, "away", submission)] == []


async def test_a_final_runs_with_names_and_without_and_the_report_compares_them(
    platform: str, platform_pool: Pool, tmp_path: Path
) -> None:
    organizer, arena = Client(platform, ORGANIZER), Arena(platform, tmp_path)
    size = {"baseline": "official", "n_calls": 2, "n_suggestions": 2, "studies_per_box": 1}
    final = size | {"boxes": ["box-02"], "visibility": "organizer"}
    teams = set_up(organizer, "both", **size, boxes=["box-01"])
    phases = [
        {"name": "feedback", **size, "boxes": ["box-01"]},
        {"name": "final", **final},
        {"name": "blind", **final, "parameter_names": "hidden"},
    ]
    organizer.put("/api/v1/admin/competitions/both", COMPETITION | {"phases": phases})
    zip_ = read_zip(write_optimizer(tmp_path, code=SPEAKS_AND_FAILS_ONCE))
    for team in teams:
        await until_ended(platform_pool, team.submit("both", "feedback", *zip_).json["id"])
    both = ("--competition", "both", "--from", "feedback", "--phase", "final", "--second-phase", "blind")

    ended = await arena.json("final", *both, "--top", "2", "--studies", "2")
    await arena.json("report", "report.html", *both, "--data", "data")

    for shown, seen in ((ended, "'alpha'"), (ended["second"], "'x0'")):
        assert {each["team"] for each in shown["finalists"]} == {"dice", "library"}
        for each in shown["finalists"]:
            logs = organizer.get(f"/api/v1/submissions/{each['submission_id']}/logs").json["logs"]
            assert len(logs) == 2
            assert all(seen in log["log"] for log in logs)
    rows = {row["team"]: row for row in json.loads((tmp_path / "data/names.json").read_text())}
    for with_names, without in zip(ended["finalists"], ended["second"]["finalists"], strict=True):
        assert rows[with_names["team"]]["score_with_names"] == pytest.approx(with_names["score"])
        assert rows[without["team"]]["score_without_names"] == pytest.approx(without["score"])
