"""Waits until the platform has done all that it has to do, after the last fault."""

from collections.abc import Sequence

import httpx

from shared.database import Pool
from tests.chaos.load import SLUG
from tests.chaos.platform.world import World
from tests.chaos.watchers import Watcher
from tests.support.plain_http import TRUSTS_NOBODY
from tests.support.service_settings import ORGANIZER_TOKEN
from tests.support.waiting import wait_until

QUIET_LIMIT_S = 300.0
CAUGHT_UP_LIMIT_S = 60.0
UNFINISHED = """
select s.id || ' is ' || s.state || ' with shards ' || string_agg(sh.state, ', ') as said
from submissions s left join shards sh on sh.submission_id = s.id
where s.ended_at is null or sh.state not in ('done', 'dropped')
group by s.id, s.state
union all
select 'the outbox has ' || count(*) || ' messages' from outbox having count(*) > 0
"""


async def wait_until_quiet(world: World, pool: Pool, boards: Sequence[Watcher]) -> list[str]:
    """Return what does not end, or does not reach a watcher, within its limit; an organizer retries incidents."""
    client = httpx.AsyncClient(
        base_url=world.services["gateway-1"].url,
        verify=TRUSTS_NOBODY,
        headers={"Authorization": f"Bearer {ORGANIZER_TOKEN}"},
        timeout=30,
    )

    async def all_has_ended() -> bool:
        answer = await client.get("/api/v1/admin/incidents")
        for incident in answer.json().get("incidents", []):  # none in a 503
            await client.post(f"/api/v1/admin/incidents/{incident['shard_id']}/retry")
        return not await pool.fetch(UNFINISHED)

    async def all_have_the_leaderboard() -> bool:
        answer = await client.get(f"/api/v1/competitions/{SLUG}/leaderboard")
        rows = answer.json().get("rows", [])  # none in a 503
        return all(board.rows == {row["team"]: row for row in rows} for board in boards)

    findings = []
    async with client:
        try:
            await wait_until(all_has_ended, limit_s=QUIET_LIMIT_S)
        except AssertionError:
            late = f"{QUIET_LIMIT_S:g} s after the last fault"
            findings += [f"{late}, {said}" for (said,) in await pool.fetch(UNFINISHED)]
        try:
            await wait_until(all_have_the_leaderboard, limit_s=CAUGHT_UP_LIMIT_S)
        except AssertionError:
            findings.append(f"a watcher does not have the leaderboard {CAUGHT_UP_LIMIT_S:g} s after the last change")
    return findings
