"""What the machines do now, and what a competition has cost so far."""

from fastapi import APIRouter

from arena.api.planning import Machines, Spending
from services.gateway.accounts.callers import Organizer
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import WithPool, WithSettings
from services.gateway.machines import tables
from services.gateway.machines.spending import show_machines, show_spending

router = APIRouter(prefix="/api/v1/admin", tags=["organizer"])


@router.get("/machines")
async def get_machines(pool: WithPool, settings: WithSettings, _: Organizer) -> Machines:
    """Return how many machines the open work wants, how many runners there are, and how many there may be."""
    row = await tables.count_machines(pool, settings.lease_s)
    return show_machines(row, settings.runner_slots, settings.runners_limit)


@router.get("/competitions/{slug}/spending", tags=["planning"])
async def get_spending(slug: str, pool: WithPool, settings: WithSettings, _: Organizer) -> Spending:
    """Return the machine-hours and the cost of a competition so far, by phase and by team."""
    competition = await find_competition(pool, slug)
    rows = await tables.list_spending(pool, competition.id)
    return show_spending(competition.slug, rows, settings.runner_slots, settings.machine_hour_price)
