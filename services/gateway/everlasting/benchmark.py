"""An everlasting benchmark: the ranking of all entries, beside what the frozen final says of each team."""

from collections.abc import Collection
from uuid import UUID

from arena.api.leaderboard import LeaderboardRow
from arena.api.views.everlasting import EverlastingBenchmark, EverlastingRow
from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Caller
from services.gateway.competitions.lookup import choose_phase
from services.gateway.competitions.tables import CompetitionRow
from services.gateway.everlasting import tables
from services.gateway.leaderboard.answers import Leaderboards
from services.gateway.problems import Problem
from shared.database import Pool


async def find_benchmark(
    pool: Pool, leaderboards: Leaderboards, competition: CompetitionRow, name: str | None, caller: Caller
) -> EverlastingBenchmark:
    """Return the benchmark of a phase, or of the one that was reopened last. Raises Problem 404."""
    name = name or await tables.find_newest_reopened(pool, competition.id)
    if name is None:
        raise not_reopened(competition.slug)
    phase = await choose_phase(pool, competition, name, caller)
    reopened_at = await tables.find_reopened_at(pool, phase.id)
    if reopened_at is None:
        raise not_reopened(f"{competition.slug} / {phase.name}")
    ranked = await leaderboards.reader(phase.id, present=True).load()
    final = await leaderboards.reader(phase.id, present=False).load()
    later = await tables.find_later(pool, [row.submission_id for row in ranked.rows], reopened_at)
    return EverlastingBenchmark(
        competition=competition.slug,
        phase=phase.name,
        reopened_at=reopened_at,
        change=ranked.change,
        rows=show_rows(ranked.rows, final.rows, later),
    )


def show_rows(
    rows: Collection[LeaderboardRow], final: Collection[LeaderboardRow], later: Collection[UUID]
) -> list[EverlastingRow]:
    """Return the rows of a benchmark: those of its leaderboard now, with each team's place in the final."""
    places = {row.team: row for row in final}
    return [
        EverlastingRow(
            team=row.team,
            rank=row.rank,
            score=row.score,
            interval=row.interval,
            provisional=row.provisional,
            within_noise_of_next=row.within_noise_of_next,
            later=row.submission_id in later,
            final_rank=places[row.team].rank if row.team in places else None,
            final_score=places[row.team].score if row.team in places else None,
        )
        for row in rows
    ]


def not_reopened(what: str) -> Problem:
    """Return the 404 of what was not reopened."""
    return Problem(
        ProblemCode.NOT_REOPENED, f"{what} was not reopened: it is no everlasting benchmark, and its boxes are secret."
    )
