"""The commands of a phase under way, against the real gateway."""

from pathlib import Path

from shared.database import Pool
from tests.support.command_line import Arena, write_optimizer
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import set_score


async def test_the_organizers_hand_and_a_teams_choice(gateway: Gateway, pool: Pool, tmp_path: Path) -> None:
    await gateway.apply(competition())
    await pool.execute("update phases set counting = 'chosen'")
    organizer = Arena(gateway.url, tmp_path)
    team = Arena(gateway.url, tmp_path, (await organizer.json("team", "create", "a", "--competition", "c"))["token"])
    where = ("--competition", "c", "--phase", "feedback")
    identity = (await team.json("submit", write_optimizer(tmp_path), *where))["id"]

    quota = await organizer.json("team", "quota", "a", *where, "--attempts-per-day", "7")
    priority = await organizer.json("prioritize", identity, "--priority", "3")
    await set_score(pool, identity, 50.0, "scored")
    chosen = await team.json("choose", identity)
    frozen = await organizer.json("phase", "freeze", "feedback", "--competition", "c")
    board = await team.json("leaderboard", *where)
    _, _, remarks = await team.run("leaderboard", *where)
    thawed = await organizer.json("phase", "unfreeze", "feedback", "--competition", "c")

    assert (quota["attempts_per_day"], quota["scored_per_day"]) == (7, None)
    assert priority["priority"] == 3
    assert chosen["chosen"]
    assert (frozen["frozen"], board["frozen"], thawed["frozen"]) == (True, True, False)
    assert "frozen since" in remarks
