"""Boards rank the submissions of a phase's leaderboard by rules of their own, from real rows of Postgres."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from arena.api.leaderboard import BoardRanking
from services.gateway.accounts.callers import hash_token
from services.gateway.live.change_notifier import POLL_S
from services.gateway.settings import GatewaySettings
from shared.database import Pool
from tests.support.gateway.boards import add_studies, end_scored, seed_scored, state_boards
from tests.support.gateway.stopped_gateway import StoppedGateway, stopped_gateway
from tests.support.seeding import Seeded, seed_phase, seed_submission

BOARDS = "/api/v1/competitions/test/boards"
TOKEN = "organizer-token-of-the-tests"
ORGANIZER = {"Authorization": f"Bearer {TOKEN}"}
EARLY = {"name": "early", "title": "After one", "phase": "feedback", "after_iterations": 1}
WHOLE = {"name": "whole", "title": "The same", "phase": "feedback"}
ONE_BOX = {"name": "one", "title": "One box", "phase": "feedback", "boxes": ["box-01"]}
HELD_OUT = {"name": "held-out", "title": "Held out", "phase": "feedback", "objective": "generalization"}
SECRET = {"name": "secret", "title": "Secret", "phase": "feedback", "visibility": "organizer"}

FAST = {"box-00": [[0.2, 0.2, 0.2], [0.2, 0.2, 0.2]], "box-01": [[0.2, 0.2, 0.2], [0.4, 0.4, 0.4]]}
SLOW = {"box-00": [[0.9, 0.5, 0.0], [0.9, 0.5, 0.0]], "box-01": [[0.9, 0.5, 0.4], [0.9, 0.5, 0.4]]}
"""After one iteration Fast leads, after all Slow does, and on box-01 alone Fast does."""


@pytest.fixture
async def seeded(pool: Pool) -> Seeded:
    """A phase with two scored submissions."""
    seeded = await seed_phase(pool)
    await seed_scored(pool, seeded, "fast", FAST)
    await seed_scored(pool, seeded, "slow", SLOW)
    await state_boards(pool, seeded, EARLY, WHOLE, ONE_BOX, HELD_OUT, SECRET)
    await pool.execute(
        "insert into tokens (hash, role, name, scopes) values ($1, 'organizer', 'o', '{read}')", hash_token(TOKEN)
    )
    return seeded


@pytest.fixture
async def stopped(gateway_settings: GatewaySettings) -> AsyncIterator[StoppedGateway]:
    async with stopped_gateway(gateway_settings) as gateway:
        yield gateway


async def board(gateway: StoppedGateway, name: str, headers: dict[str, str] | None = None) -> BoardRanking:
    answer = await gateway.http.get(f"{BOARDS}/{name}", headers=headers)
    return BoardRanking.model_validate_json(answer.raise_for_status().content)


def standings(ranking: BoardRanking) -> list[tuple[str, int | None, float | None]]:
    return [(row.team, row.rank, row.score and round(row.score, 3)) for row in ranking.rows]


@pytest.mark.usefixtures("seeded")
async def test_a_board_without_a_rule_of_its_own_has_the_leaderboard_s_scores(
    stopped: StoppedGateway,
) -> None:
    rows = (await stopped.http.get("/api/v1/competitions/test/leaderboard")).json()["rows"]

    found = await board(stopped, "whole")

    assert [row.team for row in found.rows] == ["slow", "fast"] == [row["team"] for row in rows]
    assert [row.rank for row in found.rows] == [1, 2]
    assert [row.score for row in found.rows] == pytest.approx([row["score"] for row in rows], abs=1e-12)


@pytest.mark.usefixtures("seeded")
async def test_a_board_with_a_budget_ranks_by_the_score_after_so_many_iterations(stopped: StoppedGateway) -> None:
    found = await board(stopped, "early")

    assert [(row.team, row.rank) for row in found.rows] == [("fast", 1), ("slow", 2)]
    assert [row.score for row in found.rows] == pytest.approx([75.0, 10.0], abs=1e-4)


@pytest.mark.usefixtures("seeded")
async def test_a_board_of_some_black_boxes_scores_these_alone(stopped: StoppedGateway) -> None:
    found = await board(stopped, "one")

    assert standings(found) == [("fast", 1, 70.0), ("slow", 2, 60.0)]
    assert found.n_boxes == 1
    assert [row.interval for row in found.rows] == [None, None]


async def test_a_board_of_the_generalization_loss_takes_it_where_the_visible_loss_is_best(
    stopped: StoppedGateway, pool: Pool, seeded: Seeded
) -> None:
    await pool.execute(
        """
        insert into baseline_boxes (baseline_id, test_case, objective, clip, best, iterations, signature)
        select baseline_id, test_case, 'generalization', 2, 0, iterations, signature from baseline_boxes
        """
    )
    submission = await seed_submission(pool, seeded, "third")
    visible = {"box-00": [[0.5, 0.1, 0.1], [0.1, 0.3, 0.2]], "box-01": [[0.3, 0.2, 0.1], [0.3, 0.2, 0.1]]}
    held_out = {"box-00": [[0.1, 0.2, 0.8], [0.6, 0.0, 0.0]], "box-01": [[0.0, 0.0, 1.0], [0.0, 0.0, 3.0]]}
    await add_studies(pool, submission, visible, held_out)
    await end_scored(pool, submission)

    found = await board(stopped, "held-out", ORGANIZER)

    # Of equal visible losses the last iteration's, as in Bayesmark; rescaled by 2 and clipped to 1.
    assert {row.team: row.score for row in found.rows}["third"] == pytest.approx(
        100 * (1 - ((0.4 + 0.3) / 2 + (0.5 + 1.0) / 2) / 2)
    )


@pytest.mark.usefixtures("seeded")
async def test_boards_that_are_the_organizers_are_nobody_else_s(stopped: StoppedGateway) -> None:
    async def listed(headers: dict[str, str]) -> list[str]:
        return [each["name"] for each in (await stopped.http.get(BOARDS, headers=headers)).json()["boards"]]

    assert await listed({}) == ["early", "whole", "one"]
    assert await listed(ORGANIZER) == ["early", "whole", "one", "held-out", "secret"]
    answers = {name: await stopped.http.get(f"{BOARDS}/{name}") for name in ("held-out", "secret", "nothing")}
    assert {name: (answer.status_code, answer.json()["code"]) for name, answer in answers.items()} == dict.fromkeys(
        answers, (404, "no_such_board")
    )
    assert "secret" not in answers["nothing"].json()["detail"]
    assert (await stopped.http.get(f"{BOARDS}/secret", headers=ORGANIZER)).status_code == 200


async def test_a_board_of_a_family_scores_its_black_boxes_alone(
    stopped: StoppedGateway, pool: Pool, seeded: Seeded
) -> None:
    await pool.execute("update black_boxes set family = 'bbob' where label = 'box-01'")
    of_family = {"name": "bbob", "title": "BBOB alone", "phase": "feedback", "families": ["bbob"]}
    await state_boards(pool, seeded, of_family)

    found = await board(stopped, "bbob")

    assert standings(found) == [("fast", 1, 70.0), ("slow", 2, 60.0)]
    assert found.n_boxes == 1


@pytest.mark.usefixtures("seeded")
async def test_an_organizer_s_token_that_may_not_read_gets_what_everybody_gets(
    stopped: StoppedGateway, pool: Pool
) -> None:
    assert (await stopped.http.get(f"{BOARDS}/secret", headers=ORGANIZER)).status_code == 200
    await pool.execute("update tokens set scopes = '{manage}'")

    assert (await stopped.http.get(f"{BOARDS}/secret", headers=ORGANIZER)).status_code == 404


@pytest.mark.usefixtures("seeded")
async def test_a_board_of_a_hidden_phase_is_the_organizers(stopped: StoppedGateway, pool: Pool) -> None:
    await pool.execute("update phases set visibility = 'organizer'")

    assert (await stopped.http.get(BOARDS)).json() == {"boards": []}
    assert (await stopped.http.get(f"{BOARDS}/whole")).status_code == 404


async def test_a_running_submission_moves_on_a_board_and_is_ranked_once_it_has_ended(
    stopped: StoppedGateway, pool: Pool, seeded: Seeded
) -> None:
    submission = await seed_submission(pool, seeded, "third")
    await add_studies(pool, submission, {"box-00": [[0.0, 0.0, 0.0]]})
    first = await board(stopped, "early")
    assert standings(first)[-1] == ("third", None, 100.0)
    assert first.rows[-1].provisional

    await add_studies(pool, submission, {"box-01": [[0.4, 0.0, 0.0], [0.4, 0.0, 0.0]]})
    stopped.now += POLL_S
    assert standings(await board(stopped, "early"))[-1] == ("third", None, 80.0)

    await end_scored(pool, submission)
    stopped.now += POLL_S
    assert standings(await board(stopped, "early"))[0] == ("third", 1, 80.0)


async def test_a_frozen_board_shows_to_others_how_things_stood(
    stopped: StoppedGateway, pool: Pool, seeded: Seeded
) -> None:
    await pool.execute("update phases set frozen_at = now(), change = change + 1")
    submission = await seed_submission(pool, seeded, "third")
    await add_studies(pool, submission, {"box-00": [[0.0] * 3] * 2, "box-01": [[0.0] * 3] * 2})
    await end_scored(pool, submission)

    watched, own = await board(stopped, "early"), await board(stopped, "early", ORGANIZER)

    assert [row.team for row in watched.rows] == ["fast", "slow"]
    assert watched.frozen
    assert watched.frozen_at is not None
    assert [row.team for row in own.rows] == ["third", "fast", "slow"]


@pytest.mark.usefixtures("seeded")
async def test_an_unchanged_board_costs_no_query_and_no_body(stopped: StoppedGateway) -> None:
    first = await stopped.http.get(f"{BOARDS}/early")
    stopped.noted.take()

    again = await stopped.http.get(f"{BOARDS}/early")
    known = await stopped.http.get(f"{BOARDS}/early", headers={"If-None-Match": first.headers["ETag"]})

    assert stopped.noted.take() == []
    assert again.content == first.content
    assert (known.status_code, known.content) == (304, b"")


async def test_a_change_of_the_rule_is_seen_after_a_while(stopped: StoppedGateway, pool: Pool, seeded: Seeded) -> None:
    await board(stopped, "early")
    changed: dict[str, Any] = {**EARLY, "after_iterations": 3}
    await state_boards(pool, seeded, changed)

    stopped.now += POLL_S

    assert [row.team for row in (await board(stopped, "early")).rows] == ["slow", "fast"]
