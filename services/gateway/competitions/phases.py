"""A phase by its name."""

import asyncpg

from services.gateway.dependencies import Parts
from services.gateway.problems import Problem
from services.gateway.tables import queries


async def find_phase(parts: Parts, slug: str, name: str) -> asyncpg.Record:
    """Return a phase that teams know, with its baseline set and its boxes' labels; 404 when there is none."""
    row: asyncpg.Record | None = await queries.find_phase(parts.pool, slug=slug, name=name)
    if row is None:
        raise no_phase(slug, name)
    return row


def no_phase(slug: str, name: str) -> Problem:
    """Return the problem of a name that no phase has."""
    return Problem(404, f"There is no phase {name!r} of a competition {slug!r}.")
