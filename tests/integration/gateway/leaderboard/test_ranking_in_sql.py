"""Where Postgres ranks, it ranks as `arena.rules.ranking` does."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from arena.rules.ranking import rank, ranking_key
from services.gateway.final.tables import list_top
from services.gateway.leaderboard.reader import LeaderboardReader
from services.gateway.leaderboard.tables import ranks_before
from services.gateway.live.change_notifier import ChangeNotifier
from shared.database import Pool, connect_database
from tests.support.seeding import Seeded, seed_phase

START = datetime(2020, 7, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Ended:
    """A scored submission."""

    score: float
    minute: int
    chosen: bool

    @property
    def ended_at(self) -> datetime:
        return START + timedelta(minutes=self.minute)


submissions = st.lists(
    st.builds(Ended, st.sampled_from([-20.0, 0.0, 50.0, 50.5]), st.integers(0, 3), st.booleans()),
    min_size=1,
    max_size=4,
    unique_by=lambda each: (each.score, each.minute),
)
boards = st.dictionaries(st.text(alphabet="abBä_ ", min_size=1, max_size=3), submissions, min_size=1, max_size=6)
"""Names that other collations than code points order otherwise."""


async def add_final(pool: Pool) -> None:
    """Add a phase whose submissions are copies from the other."""
    await pool.execute(
        """
        insert into phases (
            competition_id, name, position, visibility, baseline_id, n_calls, n_suggestions, studies_per_box,
            studies_per_shard, limits
        )
        select
            competition_id, 'final', 1, 'organizer', baseline_id, n_calls, n_suggestions, studies_per_box,
            studies_per_shard, limits
        from phases
        """
    )


async def put(pool: Pool, seeded: Seeded, board: dict[str, list[Ended]], *, teams_choose: bool) -> None:
    """Let a phase have these submissions and no others; of those that a team chose the last is its choice."""
    await pool.execute("delete from submissions")
    await pool.execute("delete from teams")
    await pool.execute("update phases set counting = $1", "chosen" if teams_choose else "best")
    for name, ended in board.items():
        team_id = await pool.fetchval(
            "insert into teams (competition_id, name) values ($1, $2) returning id", seeded.competition_id, name
        )
        choice = next((each for each in reversed(ended) if each.chosen), None)
        await pool.executemany(
            """
            insert into submissions (
                phase_id, team_id, blob_sha256, filename, size_bytes, studies_total, change, state, verdict, score,
                ended_at, chosen
            ) values ($1, $2, '', 'z', 1, 4, 1, 'scored', 'scored', $3, $4, $5)
            """,
            [(seeded.phase_id, team_id, each.score, each.ended_at, each is choice) for each in ended],
        )
    await pool.execute(
        """
        insert into submissions (phase_id, team_id, blob_sha256, filename, size_bytes, studies_total, change, origin_id)
        select p.id, s.team_id, '', 'z', 1, 4, 1, s.id
        from submissions s join phases p on p.name = 'final' limit 1
        """
    )


def ranked_teams(board: dict[str, list[Ended]], *, teams_choose: bool) -> list[str]:
    """Rank the teams by the rule, each by its submission that counts."""
    counting = {
        name: next(
            (each for each in reversed(ended) if each.chosen and teams_choose),
            rank(ended, lambda each: ranking_key(each.score, each.ended_at, ""))[0],
        )
        for name, ended in board.items()
    }
    return rank(counting, lambda name: ranking_key(counting[name].score, counting[name].ended_at, name))


async def rank_in_sql(pool: Pool, phase_id: UUID) -> tuple[list[str], list[str], list[str]]:
    """Return the three teams at the top as a final finds them, and all as the leaderboard and a final show them."""
    top = [row.team for row in await list_top(pool, phase_id, 3)]
    leaderboard = await LeaderboardReader(pool, ChangeNotifier(), phase_id, present=True).load()
    final_id = await pool.fetchval("select id from phases where name = 'final'")
    before = await ranks_before(pool, final_id)
    assert [row.rank for row in before] == list(range(1, len(before) + 1))
    return top, [row.team for row in leaderboard.rows], [row.team for row in before]


def test_every_query_that_ranks_has_the_order_of_the_rule(database_url: str) -> None:
    with asyncio.Runner() as runner:
        pool = runner.run(connect_database(SecretStr(database_url)))
        seeded = runner.run(seed_phase(pool))
        runner.run(add_final(pool))

        @settings(max_examples=50, suppress_health_check=list(HealthCheck))
        @given(board=boards, teams_choose=st.booleans())
        def check(board: dict[str, list[Ended]], teams_choose: bool) -> None:
            runner.run(put(pool, seeded, board, teams_choose=teams_choose))
            expected = ranked_teams(board, teams_choose=teams_choose)

            top, leaderboard, before = runner.run(rank_in_sql(pool, seeded.phase_id))

            assert top == expected[:3]
            assert leaderboard == expected
            assert before == expected

        check()
        runner.run(pool.close())
