"""The tokens that the settings bring, so that a new platform has an organizer and runners."""

from arena.words.scopes import ORGANIZER_SCOPES, RUNNER_SCOPES
from services.gateway.accounts.callers import hash_token
from services.gateway.accounts.tables import put_token
from services.gateway.settings import GatewaySettings
from shared.database import Pool


async def put_given_tokens(pool: Pool, settings: GatewaySettings) -> None:
    """Accept the organizer's and the runners' token of the settings, if they are set."""
    if settings.organizer_token is not None:
        given = hash_token(settings.organizer_token.get_secret_value())
        await put_token(pool, given, role="organizer", name="ARENA_ORGANIZER_TOKEN", scopes=ORGANIZER_SCOPES)
    if settings.runner_token is not None:
        given = hash_token(settings.runner_token.get_secret_value())
        await put_token(pool, given, role="runner", name="ARENA_RUNNER_TOKEN", scopes=RUNNER_SCOPES)
