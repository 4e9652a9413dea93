"""A leaderboard is read once for each change, and of a change what it is about; it is what stands in Postgres."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from services.gateway.leaderboard.reader import LeaderboardReader, PhaseGone, RankedLeaderboard
from services.gateway.live.change_notifier import POLL_S, ChangeNotifier
from shared.database import Pool, connect_database
from tests.support.gateway.noted_pool import NotedPool, noted_pool
from tests.support.gateway.scores import set_score
from tests.support.seeding import Seeded, seed_phase, seed_submission

TEAMS = ("a", "b", "c")
CHANGES = {
    "start": "update submissions set state = 'running', started_at = now() where id = $1 and state = 'queued'",
    "go on": """
        update submissions set
            studies_done = studies_done + 1, score = $2::float8, score_low = $2::float8 - 1, score_high = $2::float8 + 1
        where id = $1 and state = 'running'
    """,
    "score": """
        update submissions
        set state = 'scored', verdict = 'scored', score = $2::float8, ended_at = clock_timestamp(),
            curve = array[0.5, $2::float8 / 100]
        where id = $1 and ended_at is null
    """,
    "fail": """
        update submissions set state = 'failed', verdict = 'process_died', ended_at = clock_timestamp()
        where id = $1 and ended_at is null
    """,
    "unselect": "update submissions set chosen = false where id = $1",
}
"""What happens to one submission; each also takes the next number, as every transaction does that changes one."""

TURNS = {
    "freeze": "update phases set change = change + 1, frozen_at = coalesce(frozen_at, clock_timestamp()) where id = $1",
    "unfreeze": "update phases set change = change + 1, frozen_at = null where id = $1",
    "teams choose": "update phases set change = change + 1, counting = 'chosen' where id = $1",
    "best counts": "update phases set change = change + 1, counting = 'best' where id = $1",
}
"""What happens to all of a phase."""

steps = st.tuples(
    st.sampled_from(["submit", "submit", *CHANGES, "select", *TURNS]),
    st.sampled_from(TEAMS),
    st.integers(0, 3),
    st.sampled_from([-20.0, 0.0, 50.0, 50.5, 99.0]),
)
histories = st.lists(st.lists(steps, min_size=1, max_size=3), min_size=1, max_size=8)
"""Steps between which nobody asks."""


@pytest.fixture
async def noted(database_url: str) -> AsyncIterator[NotedPool]:
    """A pool whose queries are noted."""
    async with noted_pool(database_url) as noted:
        yield noted


async def take_step(pool: Pool, seeded: Seeded, step: tuple[str, str, int, float]) -> None:
    what, team, which, score = step
    if what == "submit":
        await seed_submission(pool, seeded, team)
    elif what in TURNS:
        await pool.execute(TURNS[what], seeded.phase_id)
    elif team in seeded.teams:
        ids = [row["id"] for row in await pool.fetch(
            "select id from submissions where team_id = $1 order by created_at", seeded.teams[team]
        )]  # fmt: skip
        await change_submission(pool, seeded, ids[which % len(ids)], what, score)


async def change_submission(pool: Pool, seeded: Seeded, submission: UUID, what: str, score: float) -> None:
    async with pool.acquire() as connection, connection.transaction():
        number = await connection.fetchval("select next_change($1)", seeded.phase_id)
        if what == "select":
            await connection.execute(
                """
                with found as (select team_id from submissions where id = $1 and state = 'scored')
                update submissions s set chosen = false, change = $2 from found
                where s.team_id = found.team_id and s.chosen
                """,
                submission,
                number,
            )
            change = "update submissions set chosen = true where id = $1 and state = 'scored'"
        else:
            change = CHANGES[what]
        await connection.execute(change, *([submission, score] if "$2" in change else [submission]))
        await connection.execute("update submissions set change = $2 where id = $1", submission, number)
        if what == "score":
            await connection.execute(
                """
                insert into box_scores (submission_id, box_id, studies, loss)
                select $1, box_id, 1, $3::float8 / 100 * row_number() over () from phase_boxes where phase_id = $2
                on conflict do nothing
                """,
                submission,
                seeded.phase_id,
                score,
            )


async def read_anew(pool: Pool, phase_id: UUID, *, present: bool) -> RankedLeaderboard:
    return await LeaderboardReader(pool, ChangeNotifier(), phase_id, present=present).load()


async def empty(pool: Pool, seeded: Seeded) -> None:
    await pool.execute("delete from submissions")
    await pool.execute("delete from teams")
    await pool.execute("update phases set counting = 'best', frozen_at = null")
    seeded.teams.clear()


def test_whatever_happens_a_leaderboard_that_was_kept_is_the_one_in_the_tables(database_url: str) -> None:
    with asyncio.Runner() as runner:
        pool = runner.run(connect_database(SecretStr(database_url)))
        seeded = runner.run(seed_phase(pool))

        async def follow(history: list[list[tuple[str, str, int, float]]]) -> None:
            await empty(pool, seeded)
            changes = ChangeNotifier()
            readers = {each: LeaderboardReader(pool, changes, seeded.phase_id, present=each) for each in (False, True)}
            for part in history:
                for step in part:
                    await take_step(pool, seeded, step)
                changes.announce_all()
                for present, reader in readers.items():
                    assert await reader.load() == await read_anew(pool, seeded.phase_id, present=present)

        @settings(max_examples=30, suppress_health_check=list(HealthCheck))
        @given(history=histories)
        def check(history: list[list[tuple[str, str, int, float]]]) -> None:
            runner.run(follow(history))

        check()
        runner.run(pool.close())


async def test_who_asks_when_nothing_has_changed_costs_no_query(pool: Pool, noted: NotedPool) -> None:
    seeded = await seed_phase(pool)
    await seed_submission(pool, seeded)
    reader = LeaderboardReader(noted.pool, ChangeNotifier(), seeded.phase_id, present=False, clock=lambda: 0.0)
    first = await reader.load()
    noted.take()

    again = [await reader.load() for _ in range(100)]

    assert noted.take() == []
    assert all(each is first for each in again)


async def test_a_study_more_costs_one_query_however_many_ask(pool: Pool, noted: NotedPool) -> None:
    seeded = await seed_phase(pool)
    submission = await seed_submission(pool, seeded)
    changes = ChangeNotifier()
    reader = LeaderboardReader(noted.pool, changes, seeded.phase_id, present=False, clock=lambda: 0.0)
    await reader.load()
    noted.take()
    await set_score(pool, str(submission), 50.0)
    changes.announce_all()

    found = await asyncio.gather(*(reader.load() for _ in range(100)))

    assert len(noted.take()) == 1
    assert {each.rows[0].score for each in found} == {50.0}


async def test_a_change_that_nobody_announced_is_found_after_a_while(pool: Pool, noted: NotedPool) -> None:
    seeded = await seed_phase(pool)
    submission = await seed_submission(pool, seeded)
    now = 0.0
    reader = LeaderboardReader(noted.pool, ChangeNotifier(), seeded.phase_id, present=False, clock=lambda: now)
    await reader.load()
    await set_score(pool, str(submission), 50.0)

    assert (await reader.load()).rows[0].score is None
    now = POLL_S
    assert (await reader.load()).rows[0].score == 50.0
    noted.take()
    await reader.load()
    assert noted.take() == []


async def test_who_has_seen_a_submission_end_finds_it_on_the_leaderboard(pool: Pool) -> None:
    seeded = await seed_phase(pool)
    submission = await seed_submission(pool, seeded)
    reader = LeaderboardReader(pool, ChangeNotifier(), seeded.phase_id, present=False, clock=lambda: 0.0)
    await reader.load()
    change = await set_score(pool, str(submission), 50.0, "scored")

    reader.expect(change.change)

    assert (await reader.load()).rows[0].score == 50.0


async def test_a_number_from_before_a_restored_backup_is_waited_for_once(pool: Pool, noted: NotedPool) -> None:
    seeded = await seed_phase(pool)
    reader = LeaderboardReader(noted.pool, ChangeNotifier(), seeded.phase_id, present=False, clock=lambda: 0.0)
    reader.expect(10**9)
    await reader.load()
    noted.take()

    await reader.load()

    assert noted.take() == []


async def test_a_failure_while_reading_is_no_leaderboard(pool: Pool, database_url: str) -> None:
    seeded = await seed_phase(pool)
    submission = await seed_submission(pool, seeded)
    own = await connect_database(SecretStr(database_url))
    changes = ChangeNotifier()
    reader = LeaderboardReader(own, changes, seeded.phase_id, present=False, clock=lambda: 0.0)
    await reader.load()
    await pool.execute("alter table box_scores rename to gone")
    await set_score(pool, str(submission), 50.0, "scored")
    changes.announce_all()

    with pytest.raises(Exception, match="box_scores"):
        await reader.load()
    await pool.execute("alter table gone rename to box_scores")

    assert (await reader.load()).rows[0].score == 50.0
    await own.close()


async def test_a_phase_that_is_gone_has_no_leaderboard(pool: Pool) -> None:
    seeded = await seed_phase(pool)
    changes = ChangeNotifier()
    reader = LeaderboardReader(pool, changes, seeded.phase_id, present=False)
    await reader.load()
    await pool.execute("delete from phase_boxes")
    await pool.execute("delete from phases")
    changes.announce_all()

    with pytest.raises(PhaseGone):
        await reader.load()
