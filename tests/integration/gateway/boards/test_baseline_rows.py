"""Baseline rows stand on boards where they would be, without a rank, with the organizer runs that are theirs alone."""

from collections.abc import AsyncIterator

import pytest

from arena.api.leaderboard import BoardRanking, BoardRow, Leaderboard
from services.gateway.live.change_notifier import POLL_S
from services.gateway.settings import GatewaySettings
from shared.database import Pool
from tests.support.gateway.boards import add_studies, end_scored, seed_baseline_run, seed_scored, state_boards
from tests.support.gateway.stopped_gateway import StoppedGateway, stopped_gateway
from tests.support.seeding import Seeded, seed_phase, seed_submission

LEADERBOARD = "/api/v1/competitions/test/leaderboard"
EARLY = {"name": "early", "title": "After one", "phase": "feedback", "after_iterations": 1}
RANDOM = {"name": "Random search", "sha256": "a" * 64, "environment": "small"}
WINNER = {"name": "Last year's winner", "sha256": "b" * 64, "environment": "small"}
GOOD, BAD = ({f"box-0{n}": [[loss] * 3] * 2 for n in range(2)} for loss in (0.2, 0.8))


@pytest.fixture
async def seeded(pool: Pool) -> Seeded:
    """A phase with a good and a bad submission, and a board that is to show two baseline rows."""
    seeded = await seed_phase(pool)
    await seed_scored(pool, seeded, "good", GOOD)
    await seed_scored(pool, seeded, "bad", BAD)
    await state_boards(pool, seeded, EARLY, rows=[RANDOM, WINNER])
    return seeded


@pytest.fixture
async def stopped(gateway_settings: GatewaySettings) -> AsyncIterator[StoppedGateway]:
    async with stopped_gateway(gateway_settings) as gateway:
        yield gateway


async def standings(gateway: StoppedGateway) -> list[tuple[str, int | None, float]]:
    gateway.now += POLL_S
    answer = (await gateway.http.get("/api/v1/competitions/test/boards/early")).raise_for_status()
    rows = BoardRanking.model_validate_json(answer.content).rows
    assert [row.team for row in rows if row.baseline] == [row.team for row in rows if row.team not in {"good", "bad"}]
    return [(row.team, row.rank, round(row.score or 0, 3)) for row in rows]


async def test_a_baseline_row_stands_where_it_would_be_and_takes_nobody_s_rank(
    stopped: StoppedGateway, pool: Pool, seeded: Seeded
) -> None:
    assert await standings(stopped) == [("good", 1, 80.0), ("bad", 2, 20.0)]

    for label, losses in (("box-00", [0.5, 0.1, 0.1]), ("box-01", [0.3, 0.1, 0.1])):
        await end_scored(pool, await seed_baseline_run(pool, seeded, RANDOM, {label: [losses] * 2}))
        await end_scored(pool, await seed_baseline_run(pool, seeded, WINNER, {label: [[0.1] * 3] * 2}))

    assert await standings(stopped) == [
        ("Last year's winner", None, 90.0),
        ("good", 1, 80.0),
        ("Random search", None, 60.0),
        ("bad", 2, 20.0),
    ]


async def test_a_baseline_row_moves_while_it_runs(stopped: StoppedGateway, pool: Pool, seeded: Seeded) -> None:
    await seed_baseline_run(pool, seeded, RANDOM, {"box-00": [[0.5] * 3] * 2})
    assert await standings(stopped) == [("good", 1, 80.0), ("Random search", None, 50.0), ("bad", 2, 20.0)]

    await seed_baseline_run(pool, seeded, RANDOM, {"box-01": [[0.1] * 3] * 2})
    assert await standings(stopped) == [("good", 1, 80.0), ("Random search", None, 70.0), ("bad", 2, 20.0)]


async def test_a_rerun_replaces_what_ran_before(stopped: StoppedGateway, pool: Pool, seeded: Seeded) -> None:
    await end_scored(pool, await seed_baseline_run(pool, seeded, RANDOM, {"box-00": [[0.5] * 3] * 2}))
    assert ("Random search", None, 50.0) in await standings(stopped)

    await end_scored(pool, await seed_baseline_run(pool, seeded, RANDOM, {"box-00": [[0.4] * 3] * 2}))

    assert ("Random search", None, 60.0) in await standings(stopped)


@pytest.mark.parametrize(
    "other", [{"n_calls": 2}, {"studies_per_box": 1}, {"first_study": 500_000}, {"parameter_names": "hidden"}]
)
async def test_a_run_with_another_budget_or_other_names_is_no_baseline_row(
    stopped: StoppedGateway, pool: Pool, seeded: Seeded, other: dict[str, object]
) -> None:
    await seed_baseline_run(pool, seeded, RANDOM, {"box-00": [[0.5] * 3] * 2}, **other)

    assert await standings(stopped) == [("good", 1, 80.0), ("bad", 2, 20.0)]


async def test_a_row_whose_zip_or_environment_is_another_now_waits_for_its_runs(
    stopped: StoppedGateway, pool: Pool, seeded: Seeded
) -> None:
    await end_scored(pool, await seed_baseline_run(pool, seeded, RANDOM, {"box-00": [[0.5] * 3] * 2}))
    assert ("Random search", None, 50.0) in await standings(stopped)

    for changed in ({"sha256": "c" * 64}, {"environment": "modern"}):
        await state_boards(pool, seeded, EARLY, rows=[RANDOM | changed])
        assert await standings(stopped) == [("good", 1, 80.0), ("bad", 2, 20.0)]


async def test_the_leaderboard_has_baseline_rows_beside_its_own_and_an_unchanged_one_costs_no_query(
    stopped: StoppedGateway, pool: Pool, seeded: Seeded
) -> None:
    first = await stopped.http.get(LEADERBOARD)
    for label in ("box-00", "box-01"):
        await end_scored(pool, await seed_baseline_run(pool, seeded, WINNER, {label: [[0.5, 0.3, 0.1]] * 2}))
    await seed_baseline_run(pool, seeded, RANDOM, {"box-00": [[0.5] * 3] * 2})
    stopped.now += POLL_S

    found = await stopped.http.get(LEADERBOARD, headers={"If-None-Match": first.headers["ETag"]})
    stopped.noted.take()
    again = await stopped.http.get(LEADERBOARD, headers={"If-None-Match": found.headers["ETag"]})

    assert (again.status_code, stopped.noted.take()) == (304, [])
    before, now = (Leaderboard.model_validate_json(each.content) for each in (first, found))
    assert before.baseline_rows == []
    assert now.rows == before.rows
    assert [(row.team, row.rank) for row in now.rows] == [("good", 1), ("bad", 2)]
    told = [(row.team, row.baseline, row.rank, round(row.score or 0, 3), row.provisional) for row in now.baseline_rows]
    assert told == [("Last year's winner", True, None, 90.0, False), ("Random search", True, None, 50.0, True)]

    stopped.now += POLL_S
    later = await stopped.http.get(LEADERBOARD, headers={"If-None-Match": found.headers["ETag"]})
    assert later.status_code == 304


async def test_studies_are_counted_on_the_board_s_black_boxes_of_teams_and_baseline_rows_alike(
    stopped: StoppedGateway, pool: Pool, seeded: Seeded
) -> None:
    await state_boards(pool, seeded, {**EARLY, "boxes": ["box-01"]}, rows=[RANDOM])
    await end_scored(pool, await seed_baseline_run(pool, seeded, RANDOM, {"box-01": [[0.5] * 3] * 2}))
    await add_studies(pool, await seed_submission(pool, seeded, "third"), {"box-01": [[0.3] * 3]})

    answer = (await stopped.http.get("/api/v1/competitions/test/boards/early")).raise_for_status()

    def studies(row: BoardRow) -> tuple[int, int, bool]:
        return row.studies_done, row.studies_total, row.provisional

    rows = {row.team: studies(row) for row in BoardRanking.model_validate_json(answer.content).rows}
    of_board = (2, 2, False)
    assert rows == {"good": of_board, "Random search": of_board, "bad": of_board, "third": (1, 2, True)}
