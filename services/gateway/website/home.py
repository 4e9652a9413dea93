"""The home page: every competition with its phases, their deadlines, how many teams there are, and who leads."""

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.responses import Response

from arena.api.leaderboard import LeaderboardRow
from services.gateway.accounts.callers import Anyone
from services.gateway.competitions.tables import (
    CompetitionRow,
    PhaseRow,
    count_teams,
    list_competitions,
    list_public_phases,
)
from services.gateway.dependencies import WithCounters, WithLeaderboards, WithPool
from services.gateway.leaderboard.answers import Leaderboards
from services.gateway.website.rendering import render
from services.gateway.website.viewers import usual_phase, viewer_of

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class CompetitionCard:
    """What the home page says of a competition; `leader` leads in the phase `shown`, if anybody does."""

    competition: CompetitionRow
    phases: list[PhaseRow]
    teams: int
    shown: PhaseRow | None
    leader: LeaderboardRow | None


@router.get("/")
async def home_page(pool: WithPool, leaderboards: WithLeaderboards, counters: WithCounters, caller: Anyone) -> Response:
    """List the competitions, and count what all teams have made the platform do."""
    competitions = await list_competitions(pool)
    ids = [each.id for each in competitions]
    phases, teams = await list_public_phases(pool, ids), await count_teams(pool, ids)
    cards = [await _card(leaderboards, each, phases[each.id], teams.get(each.id, 0)) for each in competitions]
    return render("home.html.j2", viewer_of(caller), cards=cards, counters=await counters.load(), now=datetime.now(UTC))


async def _card(
    leaderboards: Leaderboards, competition: CompetitionRow, phases: list[PhaseRow], teams: int
) -> CompetitionCard:
    shown, leader = usual_phase(phases), None
    if shown is not None:
        rows = (await leaderboards.reader(shown.id, present=False).load()).rows
        leader = rows[0] if rows and rows[0].rank is not None else None
    return CompetitionCard(competition, phases, teams, shown, leader)
