"""A competition and its phases, for whoever may see them."""

from collections.abc import Sequence

import asyncpg

from services.gateway.accounts.callers import Caller
from services.gateway.dependencies import Parts
from services.gateway.problems import Problem
from services.gateway.tables import queries


async def find_competition(parts: Parts, slug: str) -> asyncpg.Record:
    """Return a competition's row; 404 when there is none."""
    row: asyncpg.Record | None = await queries.find_competition(parts.pool, slug=slug)
    if row is None:
        raise Problem(404, f"There is no competition {slug!r}.")
    return row


async def visible_phases(parts: Parts, competition: asyncpg.Record, caller: Caller) -> Sequence[asyncpg.Record]:
    """Return the phases that a caller may know of, in their order."""
    phases = [row async for row in queries.list_phases(parts.pool, competition_id=competition["id"])]
    return [row for row in phases if caller.role == "organizer" or row["visibility"] == "public"]


async def choose_phase(parts: Parts, competition: asyncpg.Record, name: str | None, caller: Caller) -> asyncpg.Record:
    """Return the phase of this name, or without a name the only open one."""
    phases = await visible_phases(parts, competition, caller)
    if name is not None:
        for phase in phases:
            if phase["name"] == name:
                return phase
        raise Problem(404, f"There is no phase {name!r} in {competition['slug']}.")
    open_phases = [phase for phase in phases if phase["is_open"]]
    if len(open_phases) != 1:
        names = ", ".join(phase["name"] for phase in open_phases) or "none"
        raise Problem(422, f"Expected phase=, because not exactly one phase is open; open are: {names}.")
    return open_phases[0]
