"""How often accepting a submission asks Postgres."""

import hashlib
import os

from services.gateway.settings import GatewaySettings
from shared.database import Pool
from tests.support.gateway.stopped_gateway import stopped_gateway
from tests.support.gateway.submitting import make_zip, submit
from tests.support.seeding import seed_phase

LARGE = 100_000
"""Of a body so large the limit is looked up."""


async def test_after_the_first_a_submission_is_accepted_in_eight_round_trips(
    gateway_settings: GatewaySettings, pool: Pool
) -> None:
    seeded = await seed_phase(pool)
    team = await pool.fetchval(
        "insert into teams (competition_id, name) values ($1, 'team') returning id", seeded.competition_id
    )
    await pool.execute(
        "insert into tokens (hash, role, team_id, scopes) values ($1, 'team', $2, '{read,submit}')",
        hashlib.sha256(b"token").digest(),
        team,
    )
    content = make_zip(b"class Optimizer: ...\n#" + os.urandom(LARGE).hex().encode())
    async with stopped_gateway(gateway_settings) as gateway:
        gateway.http.headers["Authorization"] = "Bearer token"
        (await submit(gateway.http, content, slug="test", phase="feedback")).raise_for_status()
        gateway.noted.take()

        (await submit(gateway.http, content, slug="test", phase="feedback")).raise_for_status()

    asked = gateway.noted.take()
    # The token, the phase, and from begin to commit: the locks with the number, the quotas, the row, its messages.
    assert len(asked) == 8, asked
    assert len(await pool.fetch("select from submissions")) == 2
