"""The commands of a phase under way, against the real gateway."""

from pathlib import Path
from uuid import UUID

import numpy as np

from shared.database import Pool
from tests.support.command_line import Arena, write_optimizer
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import set_score, store_scored_studies
from tests.support.gateway.submitting import teams_with_submissions


async def test_the_organizers_hand_and_a_teams_choice(gateway: Gateway, pool: Pool, tmp_path: Path) -> None:
    await gateway.apply(competition())
    await pool.execute("update phases set counting = 'chosen'")
    organizer = Arena(gateway.url, tmp_path)
    team = Arena(gateway.url, tmp_path, (await organizer.json("team", "create", "a", "--competition", "c"))["token"])
    where = ("--competition", "c", "--phase", "feedback")
    identity = (await team.json("submit", write_optimizer(tmp_path), *where))["id"]

    quota = await organizer.json("team", "quota", "a", *where, "--attempts-per-day", "7")
    _, teams, _ = await organizer.run("team", "list", "--competition", "c")
    priority = await organizer.json("prioritize", identity, "--priority", "3")
    await set_score(pool, identity, 50.0, "scored")
    chosen = await team.json("choose", identity)
    frozen = await organizer.json("phase", "freeze", "feedback", "--competition", "c")
    board = await team.json("leaderboard", *where)
    _, _, remarks = await team.run("leaderboard", *where)
    thawed = await organizer.json("phase", "unfreeze", "feedback", "--competition", "c")

    assert (quota["attempts_per_day"], quota["scored_per_day"]) == (7, None)
    assert [teams.splitlines()[1].split("\t")[place] for place in (0, 1, 4)] == [
        "a",
        "1",
        "feedback: attempts_per_day 7",
    ]
    assert priority["priority"] == 3
    assert chosen["chosen"]
    assert (frozen["frozen"], board["frozen"], thawed["frozen"]) == (True, True, False)
    assert "frozen since" in remarks


async def test_the_leaderboard_has_the_generalization_scores_for_organizers_and_once_revealed_for_all(
    gateway: Gateway, pool: Pool, tmp_path: Path
) -> None:
    await gateway.apply(competition(phase()))
    submissions = await teams_with_submissions(gateway, "dice", "library")
    for team, visible, held_out in (("dice", 0.4, -9.0), ("library", 0.2, 9.0)):
        await store_scored_studies(pool, UUID(submissions[team]), np.full((2, 2, 16), visible), generalization=held_out)
    await pool.execute("update phases set closes_at = now() - interval '1 second', change = change + 1")
    organizer, watcher = Arena(gateway.url, tmp_path), Arena(gateway.url, tmp_path, token="")
    where = ("--competition", "c", "--phase", "feedback")

    _, secret, _ = await watcher.run("leaderboard", *where)
    _, told, _ = await organizer.run("leaderboard", *where)
    revealed = await organizer.json("phase", "reveal", "feedback", "--competition", "c")
    public = await watcher.json("leaderboard", *where)

    assert "generalization" not in secret
    headings, *rows = [line.split("\t") for line in told.splitlines()]
    places = [headings.index(name) for name in ("rank", "team", "would be")]
    assert [[row[place] for place in places] for row in rows] == [["1", "library", "2"], ["2", "dice", "1"]]
    assert revealed["revealed_at"]
    assert {row["team"]: row["generalization_rank"] for row in public["generalization"]} == {"library": 2, "dice": 1}
