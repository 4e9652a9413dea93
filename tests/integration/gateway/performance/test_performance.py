"""How good teams are at any budget, as everybody may see it: measured once for each submission, and shared."""

from collections.abc import AsyncIterator
from uuid import UUID

import numpy as np
import pytest

from arena.anytime.figures import measure_anytime
from arena.anytime.targets import TARGETS
from arena.api.leaderboard import Performance
from arena.scoring import Array
from services.gateway.live.change_notifier import POLL_S
from services.gateway.settings import GatewaySettings
from shared.database import Pool
from tests.support.gateway.scores import set_score, store_scored_studies
from tests.support.gateway.stopped_gateway import StoppedGateway, stopped_gateway
from tests.support.seeding import Seeded, seed_phase, seed_submission

ADDRESS = "/api/v1/competitions/test/performance"
BOXES, STUDIES, N_CALLS, N_SUGGESTIONS = 3, 2, 4, 8


def drawn_curves(seed: int) -> Array:
    """Curves as the database keeps them, in single precision."""
    steps = np.random.default_rng(seed).uniform(0, 1, (BOXES, STUDIES, N_CALLS))
    found: Array = np.minimum.accumulate(steps**3, axis=-1).astype(np.float32).astype(float)
    return found


@pytest.fixture
async def gateway(gateway_settings: GatewaySettings) -> AsyncIterator[StoppedGateway]:
    async with stopped_gateway(gateway_settings) as gateway:
        yield gateway


@pytest.fixture
async def seeded(pool: Pool) -> Seeded:
    return await seed_phase(pool, boxes=BOXES, studies_per_box=STUDIES, n_calls=N_CALLS, n_suggestions=N_SUGGESTIONS)


async def seed_scored(pool: Pool, seeded: Seeded, team: str, seed: int) -> UUID:
    submission = await seed_submission(pool, seeded, team)
    await store_scored_studies(pool, submission, drawn_curves(seed))
    return submission


async def get(gateway: StoppedGateway) -> Performance:
    answer = (await gateway.http.get(ADDRESS)).raise_for_status()
    return Performance.model_validate_json(answer.content)


async def test_everybody_sees_the_figures_of_each_ranked_team_in_the_leaderboard_s_order(
    gateway: StoppedGateway, seeded: Seeded, pool: Pool
) -> None:
    seeds = {"one": 1, "two": 2}
    for team, seed in seeds.items():
        await seed_scored(pool, seeded, team, seed)
    await seed_submission(pool, seeded, "not scored yet")

    shown = await get(gateway)

    board = (await gateway.http.get("/api/v1/competitions/test/leaderboard")).json()["rows"]
    assert [each.team for each in shown.teams] == [row["team"] for row in board if row["rank"]]
    assert (shown.n_suggestions, shown.budgets, shown.ranked) == (N_SUGGESTIONS, [1, 2, 3, 4], 2)
    assert shown.targets == pytest.approx([100 * (1 - each) for each in TARGETS], abs=1e-3)
    for each in shown.teams:
        figures = measure_anytime(drawn_curves(seeds[each.team])[np.newaxis], N_SUGGESTIONS)
        assert each.area.value == pytest.approx(figures.area.value[0], abs=1e-3)
        for estimates, found in ((each.scores, figures.scores), (each.ecdf, figures.shares)):
            assert [one.value for one in estimates] == pytest.approx(found.value[0].tolist(), abs=1e-3)
            assert [one.low for one in estimates] == pytest.approx(found.low[0].tolist(), abs=1e-3)
            assert [one.high for one in estimates] == pytest.approx(found.high[0].tolist(), abs=1e-3)
        times = [float("inf") if one.value is None else one.value for one in each.running_times]
        assert times == pytest.approx(figures.running_times.value[0].tolist(), abs=0.06)
        assert [one.reached_by for one in each.running_times] == pytest.approx(figures.successes[0], abs=1e-4)


async def test_a_phase_without_a_score_has_no_team(gateway: StoppedGateway, seeded: Seeded, pool: Pool) -> None:
    await seed_submission(pool, seeded)

    shown = await get(gateway)

    assert (shown.teams, shown.budgets, shown.ranked) == ([], [], 0)


async def test_who_has_the_answer_gets_none_until_another_submission_counts(
    gateway: StoppedGateway, seeded: Seeded, pool: Pool
) -> None:
    await seed_scored(pool, seeded, "one", 1)
    running = await seed_submission(pool, seeded, "two")
    first = await gateway.http.get(ADDRESS)
    known = {"If-None-Match": first.headers["ETag"]}

    await set_score(pool, str(running), 10.0)
    gateway.now += POLL_S
    gateway.noted.take()
    between = await gateway.http.get(ADDRESS, headers=known)
    assert (between.status_code, between.content) == (304, b"")
    assert not any("array_agg(st.curve" in query for query in gateway.noted.take())

    await store_scored_studies(pool, running, drawn_curves(2))
    gateway.now += POLL_S
    after = await gateway.http.get(ADDRESS, headers=known)
    assert after.status_code == 200
    assert sum("array_agg(st.curve" in query for query in gateway.noted.take()) == 1  # that of the new submission alone


async def test_while_the_phase_is_frozen_teams_see_what_stood_then(
    gateway: StoppedGateway, seeded: Seeded, pool: Pool
) -> None:
    await seed_scored(pool, seeded, "one", 1)
    await pool.execute("update phases set frozen_at = clock_timestamp(), change = change + 1")
    await seed_scored(pool, seeded, "two", 2)

    shown = await get(gateway)

    assert shown.frozen
    assert [each.team for each in shown.teams] == ["one"]


async def test_a_hidden_phase_is_not_found(gateway: StoppedGateway, seeded: Seeded, pool: Pool) -> None:
    assert seeded
    await pool.execute("update phases set visibility = 'organizer'")

    assert (await gateway.http.get(ADDRESS, params={"phase": "feedback"})).status_code == 404


async def test_no_answer_names_a_black_box(gateway: StoppedGateway, seeded: Seeded, pool: Pool) -> None:
    await seed_scored(pool, seeded, "one", 1)

    text = (await gateway.http.get(ADDRESS)).text

    assert not any(word in text for word in ("iris", "wine", "DT", "kNN", "box-0"))


async def test_a_submission_from_before_curves_were_kept_is_left_out(
    gateway: StoppedGateway, seeded: Seeded, pool: Pool
) -> None:
    old = await seed_scored(pool, seeded, "old", 1)
    await seed_scored(pool, seeded, "new", 2)
    await pool.execute("update studies set curve = null where submission_id = $1", old)

    shown = await get(gateway)

    assert [each.team for each in shown.teams] == ["new"]
    assert shown.ranked == 2
