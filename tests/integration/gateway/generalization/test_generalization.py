"""What the generalization losses say is for organizers, until one reveals it; then everybody may see it."""

from uuid import UUID

import httpx
import numpy as np
import pytest
from bayesmark.experiment_analysis import get_perf_array
from websockets.asyncio.client import connect

from arena.scoring import Array
from shared.database import Pool
from tests.support.gateway.access import IDS, ROUTES
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import store_scored_studies
from tests.support.gateway.submitting import submit

ADDRESS = "/api/v1/competitions/c/generalization?phase=feedback"
REVEAL = "/api/v1/admin/competitions/c/phases/feedback/reveal-generalization"
CLIP, BEST = 3.0, 1.0
HELD_OUT = {"name": "held-out", "title": "Held out", "phase": "feedback", "objective": "generalization"}
BOXES, STUDIES, N_CALLS, N_SUGGESTIONS = 2, 2, 16, 8


class Everything(dict[str, str]):
    """The parts of addresses, any of which may be asked for."""

    def __missing__(self, key: str) -> str:
        return "x"


async def score_with(pool: Pool, submission: str, seed: int, level: float) -> float:
    """Score a submission with drawn losses; returns the score of its generalization losses by Bayesmark's functions.

    Visible losses are few different ones, so that there are ties.
    """
    random = np.random.default_rng(seed)
    shape = BOXES * STUDIES, N_CALLS, N_SUGGESTIONS
    visible = random.integers(0, 6, shape) / 10
    held_out = level + random.uniform(0, 0.5, shape)
    await store_scored_studies(pool, UUID(submission), np.minimum.accumulate(visible.min(axis=2), axis=1))
    rows = await pool.fetch(
        "select s.box_id, s.study from studies s join black_boxes b on b.id = s.box_id "
        "where s.submission_id = $1 order by b.label, s.study",
        UUID(submission),
    )
    for row, losses, generalization in zip(rows, visible.tolist(), held_out.tolist(), strict=True):
        await pool.execute(
            "update studies set visible = $4, generalization = $5 "
            "where submission_id = $1 and box_id = $2 and study = $3",
            *(UUID(submission), row["box_id"], row["study"], losses, generalization),
        )
    chosen: Array = get_perf_array(np.moveaxis(held_out, 0, -1), np.moveaxis(visible, 0, -1))[-1]
    rescaled = np.clip((chosen - BEST) / (CLIP - BEST), -1, 1)
    return float(100 * (1 - rescaled.mean()))


async def ended(gateway: Gateway, pool: Pool) -> dict[str, float]:
    """A phase that has ended; returns the score of generalization losses by team. The first team is worse there."""
    await gateway.apply(competition(phase(), boards=[HELD_OUT]))
    expected: dict[str, float] = {}
    for team, level in (("one", 2.0), ("two", 1.0)):
        client = await gateway.team(team)
        submission = (await submit(client, phase="feedback")).raise_for_status().json()["id"]
        expected[team] = await score_with(pool, submission, len(expected), level)
    await pool.execute(
        "update submissions s set score = case t.name when 'one' then 90 else 80 end, "
        "change = next_change(phase_id) from teams t where t.id = s.team_id"
    )
    await pool.execute("update baseline_boxes set clip = $1, best = $2 where objective = 'generalization'", CLIP, BEST)
    return expected


def assert_refused(answer: httpx.Response, status: int, code: str) -> None:
    assert_problem(answer, status)
    assert answer.json()["code"] == code


async def close(pool: Pool) -> None:
    await pool.execute("update phases set closes_at = now() - interval '1 second', change = change + 1")


async def ranking(client: httpx.AsyncClient) -> dict[str, tuple[int, int | None, float | None]]:
    rows = (await client.get(ADDRESS)).raise_for_status().json()["rows"]
    return {row["team"]: (row["rank"], row["generalization_rank"], row["generalization_score"]) for row in rows}


async def test_organizers_see_the_score_and_the_rank_that_bayesmark_s_rule_gives(gateway: Gateway, pool: Pool) -> None:
    expected = await ended(gateway, pool)

    found = await ranking(gateway.organizer)

    assert {team: row[:2] for team, row in found.items()} == {"one": (1, 2), "two": (2, 1)}
    assert {team: row[2] for team, row in found.items()} == pytest.approx(expected)


async def test_before_the_reveal_no_team_or_watcher_gets_it_by_any_route(gateway: Gateway, pool: Pool) -> None:
    expected = await ended(gateway, pool)
    await close(pool)
    team = gateway.client(
        (await gateway.organizer.post("/api/v1/admin/competitions/c/teams/two/token")).json()["token"]
    )
    submission = str(
        await pool.fetchval("select s.id from submissions s join teams t on t.id = s.team_id where t.name = 'two'")
    )
    assert_refused(await team.get(ADDRESS), 403, "generalization_secret")
    assert_refused(await gateway.anyone.get(ADDRESS), 401, "no_token")
    assert_refused(await team.get("/api/v1/competitions/c/boards/held-out"), 404, "no_such_board")

    secrets = [f"{score:.6f}"[:8] for score in expected.values()]
    losses = await pool.fetch("select generalization from studies")
    secrets += [repr(value)[:12] for row in losses for several in row["generalization"] for value in several]
    told = (await gateway.organizer.get(ADDRESS)).text
    assert any(secret in told for secret in secrets)  # so that the secrets are recognized where they are
    values = IDS | {"submission_id": submission, "board": "held-out"}
    for method, path in ROUTES:
        address = path.format_map(Everything(values))
        for client in (team, gateway.anyone):
            if method == "GET" and address != "/metrics":
                text = (await client.get(address)).text
                assert not any(secret in text for secret in secrets), address
    for feed in ("/competitions/c/live", f"/submissions/{submission}/live"):
        async with connect(
            gateway.live(feed), additional_headers={"Authorization": team.headers["Authorization"]}
        ) as live:
            text = str(await live.recv())
            assert not any(secret in text for secret in secrets), feed


async def test_once_revealed_everybody_sees_it_and_its_boards(gateway: Gateway, pool: Pool) -> None:
    await ended(gateway, pool)
    await close(pool)

    first = (await gateway.organizer.post(REVEAL)).raise_for_status().json()
    again = (await gateway.organizer.post(REVEAL)).raise_for_status().json()

    assert first == again
    assert await ranking(gateway.anyone) == await ranking(gateway.organizer)
    assert (await gateway.anyone.get(ADDRESS)).json()["revealed_at"] == first["revealed_at"]
    board = (await gateway.anyone.get("/api/v1/competitions/c/boards/held-out")).raise_for_status().json()
    assert [row["team"] for row in board["rows"]] == ["two", "one"]


async def test_a_phase_that_teams_may_still_submit_to_is_not_revealed(gateway: Gateway, pool: Pool) -> None:
    await ended(gateway, pool)

    assert_refused(await gateway.organizer.post(REVEAL), 409, "phase_still_open")
    assert_refused(await gateway.anyone.get(ADDRESS), 401, "no_token")


async def test_a_phase_with_a_submission_that_has_not_ended_is_not_revealed(gateway: Gateway, pool: Pool) -> None:
    await ended(gateway, pool)
    (await submit(await gateway.team("three"), phase="feedback")).raise_for_status()
    await close(pool)

    problem = await gateway.organizer.post(REVEAL)

    assert_refused(problem, 409, "submissions_unended")
    assert problem.json()["unended"] == 1


async def test_a_hidden_phase_stays_hidden_after_a_reveal(gateway: Gateway, pool: Pool) -> None:
    await ended(gateway, pool)
    await close(pool)
    (await gateway.organizer.post(REVEAL)).raise_for_status()
    await pool.execute("update phases set visibility = 'organizer'")

    assert_refused(await gateway.anyone.get(ADDRESS), 404, "no_such_phase")


async def test_a_baseline_that_lacks_a_black_box_gives_no_score(gateway: Gateway, pool: Pool) -> None:
    await ended(gateway, pool)
    await pool.execute("delete from baseline_boxes where objective = 'generalization' and test_case = 'DT_iris_acc'")

    found = await ranking(gateway.organizer)

    assert found == {"one": (1, None, None), "two": (2, None, None)}


async def test_a_revealed_phase_does_not_open_to_teams_again_by_an_old_file(gateway: Gateway, pool: Pool) -> None:
    await ended(gateway, pool)
    await close(pool)
    (await gateway.organizer.post(REVEAL)).raise_for_status()

    for closes_at in (None, "2999-01-01T00:00:00Z"):
        refused = await gateway.apply(competition(phase(closes_at=closes_at), boards=[HELD_OUT]))
        assert_refused(refused, 409, "change_refused")
        assert "does not open to teams again" in refused.text
    closed = await gateway.apply(competition(phase(closes_at="2020-01-01T00:00:00Z"), boards=[HELD_OUT]))
    assert closed.status_code == 200
