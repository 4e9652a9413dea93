"""What a team's quotas say after a run: each submission that counts is charged once, and no other."""

import json
from collections.abc import Mapping

from websockets.asyncio.client import connect

from shared.database import Pool
from tests.chaos.load import SLUG, TEAMS
from tests.chaos.platform.world import World

ENDS = "select s.state, s.verdict, s.studies_done from submissions s join teams t on t.id = s.team_id where t.name = $1"


async def check_quotas(world: World, pool: Pool, tokens: Mapping[str, str]) -> list[str]:
    """Return the quotas that say something else than the submissions of their teams."""
    findings = []
    gateway = f"ws{world.services['gateway-1'].url.removeprefix('http')}"
    for team in TEAMS:
        given = {"Authorization": f"Bearer {tokens[team]}"}
        async with connect(
            f"{gateway}/api/v1/competitions/{SLUG}/submissions/live", additional_headers=given, max_size=None
        ) as feed:
            told = json.loads(await feed.recv())["quota"]
        rows = await pool.fetch(ENDS, team)
        scored = sum(state == "scored" for state, _, _ in rows)
        failed = sum(state == "failed" and verdict != "platform_fault" for state, verdict, _ in rows)
        cancelled = sum(state == "cancelled" and done > 0 for state, _, done in rows)
        expected = {"attempts_per_day": scored + failed + cancelled, "scored_per_day": scored, "active_submissions": 0}
        found = {name: use["used"] for name, use in told.items()}
        if found != expected:
            findings.append(f"team {team} is charged {found}, and should be {expected}")
    return findings
