"""The final as the API has it."""

from arena.client.answer import PlatformAnswer
from arena.client.http import Client


def final_path(competition: str) -> str:
    """Return the address of a competition's final."""
    return f"/api/v1/admin/competitions/{competition}/final"


def get_final(
    client: Client, competition: str, origin: str, phase: str, *, losses: bool | None = None
) -> PlatformAnswer:
    """Return a final as the platform shows it, on request with the losses of its studies."""
    return client.get(final_path(competition), **{"from": origin, "phase": phase, "losses": losses})
