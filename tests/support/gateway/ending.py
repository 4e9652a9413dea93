"""Submissions that end, without a runner."""

from services.gateway.settings import GatewaySettings
from shared.database import Pool
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit

LOOPBACK = "127.0.0.0/8"


def allowing_loopback(settings: GatewaySettings, **more: object) -> GatewaySettings:
    """Return settings of a gateway whose webhooks may lead to loopback."""
    return settings.model_copy(update={"webhook_allowed_networks": LOOPBACK, **more})


async def end_submission(pool: Pool, gateway: Gateway, team: str) -> str:
    """Make a team, and a submission of its that is scored; return the submission's id."""
    answer = await submit(await gateway.team(team), phase="feedback")
    submission_id: str = answer.raise_for_status().json()["id"]
    await score(pool, submission_id)
    return submission_id


async def score(pool: Pool, submission_id: str) -> None:
    """Let a submission be scored, as the aggregator does."""
    await pool.execute(
        "update submissions set state = 'scored', verdict = 'scored', score = 87.5, score_low = 80, score_high = 90,"
        " ended_at = now(), change = change + 1 where id = $1",
        submission_id,
    )
