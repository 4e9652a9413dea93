"""What is read for a list of submissions does not grow with the submissions that there were."""

from uuid import UUID

import pytest

from services.gateway.submissions import tables
from shared.database import Pool
from tests.support.rows_read import counting_rows
from tests.support.seeding import Seeded, seed_phase, seed_submission

MANY, TEAMS, PAGE = 20_000, 10, 20


@pytest.fixture
async def seeded(pool: Pool) -> Seeded:
    """A phase with many scored submissions of ten teams, and one that has not ended."""
    seeded = await seed_phase(pool)
    for number in range(TEAMS):
        await seed_submission(pool, seeded, f"team {number}")
    await pool.execute(
        """
        insert into submissions (
            phase_id, team_id, blob_sha256, filename, size_bytes, studies_total, created_at, ended_at, state, verdict,
            score, change
        )
        select
            phase_id, team_id, blob_sha256, filename, size_bytes, studies_total, now() - make_interval(secs => n),
            now(), 'scored', 'scored', n, n
        from submissions cross join generate_series(1, $1::integer) n
        """,
        MANY // TEAMS,
    )
    return seeded


@pytest.mark.parametrize("phase", ["feedback", None])
async def test_a_page_of_submissions_reads_a_page(pool: Pool, seeded: Seeded, phase: str | None) -> None:
    async with counting_rows(pool) as rows:
        found = await tables.list_submissions(
            rows.connection, seeded.competition_id, phase=phase, team_id=None, before=None, size=PAGE
        )

        assert await rows.of("submissions") <= 3 * PAGE
    newest = await pool.fetch("select id from submissions order by created_at desc, id desc limit $1", PAGE)
    assert [each.id for each in found] == [each["id"] for each in newest]


async def test_the_next_page_follows_the_first(pool: Pool, seeded: Seeded) -> None:
    async def page(before: UUID | None, size: int) -> list[UUID]:
        cursor = None
        if before is not None:
            cursor = await pool.fetchval("select created_at from submissions where id = $1", before), before
        rows = await tables.list_submissions(
            pool, seeded.competition_id, phase=None, team_id=seeded.teams["team 3"], before=cursor, size=size
        )
        return [each.id for each in rows]

    first = await page(None, PAGE)
    assert [*first, *await page(first[-1], PAGE)] == await page(None, 2 * PAGE)


@pytest.mark.parametrize("since", [-1, MANY // TEAMS - 2])
async def test_a_watcher_of_submissions_reads_what_is_new(pool: Pool, seeded: Seeded, since: int) -> None:
    async with counting_rows(pool) as rows:
        found = await tables.submissions_since(rows.connection, seeded.phase_id, None, since, PAGE)

        assert await rows.of("submissions") <= 4 * PAGE
    assert [each.ended_at is None for each in found[:TEAMS]] == [True] * TEAMS
    assert len(found) == PAGE


async def test_the_counting_submissions_are_read_and_no_others(pool: Pool, seeded: Seeded) -> None:
    async with counting_rows(pool) as rows:
        found = await tables.counting_submissions(rows.connection, seeded.phase_id, None)

        assert await rows.of("submissions") <= 3 * TEAMS
    best = await pool.fetch("select distinct on (team_id) id from submissions order by team_id, score desc nulls last")
    assert set(found) == {each["id"] for each in best}
