"""The leaderboard in a browser: rows with a score, and the order in which it shows them."""

from typing import Any

from shared.database import Pool


async def set_score_and_interval(pool: Pool, submission: str, score: float, *, done: bool = True) -> None:
    """Give a submission a score, as the aggregator leaves it."""
    await pool.execute(
        """
        update submissions s set
            score = $2::float8, score_low = $2::float8 - 1.0, score_high = $2::float8 + 1.0,
            change = next_change(s.phase_id),
            started_at = now(),
            studies_done = case when $3 then studies_total else 1 end,
            state = case when $3 then 'scored' else 'running' end, verdict = case when $3 then 'scored' end,
            ended_at = case when $3 then now() end, curve = case when $3 then '{0.5,0.25,0.1}'::real[] end
        where id = $1::uuid
        """,
        submission,
        score,
        done,
    )


def order(page: Any) -> Any:
    return page.locator("#leaderboard tbody th")


async def wait_for_order(page: Any, *teams: str) -> None:
    await page.wait_for_function(
        "teams => JSON.stringify([...document.querySelectorAll('#leaderboard tbody th')].map(e => e.textContent)) "
        "== teams",
        arg='["' + '","'.join(teams) + '"]',
    )
