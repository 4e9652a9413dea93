"""What is read for a board does not grow with the submissions that there were, nor with what was read before."""

import pytest

from arena.api.competition_document import Board
from services.gateway.boards import tables
from services.gateway.boards.losses import BoardLosses
from shared.database import Pool
from tests.support.gateway.boards import add_studies, seed_scored
from tests.support.rows_read import counting_rows
from tests.support.seeding import Seeded, seed_phase, seed_submission

EARLY = {"name": "early", "title": "After one", "phase": "feedback", "after_iterations": 1}
BOXES, STUDIES, TEAMS, OLD = 2, 6, 3, 200
WORSE = {f"box-{number:02}": [[0.9] * 3] * STUDIES for number in range(BOXES)}
OF_ONE = BOXES * STUDIES


@pytest.fixture
async def seeded(pool: Pool) -> Seeded:
    """Three teams with one good submission each and many that do not count, whose studies are kept as well."""
    seeded = await seed_phase(pool, boxes=BOXES, studies_per_box=STUDIES)
    for number in range(TEAMS):
        submission = await seed_scored(pool, seeded, f"team {number}", WORSE)
        await pool.execute(
            """
            with old as (
                insert into submissions (
                    phase_id, team_id, blob_sha256, filename, size_bytes, studies_total, ended_at, state, verdict,
                    score, change
                )
                select phase_id, team_id, blob_sha256, filename, size_bytes, studies_total, now(), state, verdict, 1, 0
                from submissions cross join generate_series(1, $2::integer) where id = $1
                returning id
            )
            insert into studies (
                submission_id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s,
                suggest_time_s, observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors,
                observe_errors,
                loss, curve, change
            )
            select
                old.id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s,
                suggest_time_s, observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors,
                observe_errors, loss, curve, 0
            from old cross join studies where studies.submission_id = $1
            """,
            submission,
            OLD,
        )
    return seeded


async def test_of_a_change_only_the_studies_that_are_new_are_read(pool: Pool, seeded: Seeded) -> None:
    board = Board.model_validate(EARLY)
    boxes = await tables.list_boxes(pool, seeded.phase_id, board)
    counting = {row["id"] for row in await pool.fetch("select id from counting_submissions")}
    running = await seed_submission(pool, seeded, "team 9")

    async def read_after(studies: dict[str, list[list[float]]]) -> int:
        await add_studies(pool, running, studies)
        async with counting_rows(pool) as rows:
            losses.where = rows.connection
            found = await losses.read(counting, [running])
            assert len(found) == TEAMS + 1
            return await rows.of("studies")

    losses = BoardLosses(pool, boxes, 1, board.objective)
    assert await read_after({}) <= 2 * TEAMS * OF_ONE  # of the submissions that count
    assert STUDIES <= await read_after({"box-00": [[0.1] * 3] * STUDIES}) <= 2 * STUDIES
    assert 1 <= await read_after({"box-01": [[0.1] * 3]}) <= 2
