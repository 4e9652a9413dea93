"""How far a submission has come on each black box, and what that must not give away."""

import json
from typing import Any
from uuid import UUID

import pytest
from bayesmark.np_util import linear_rescale

from benchmarks.browser import reactions as many
from services.gateway.submissions.black_boxes import random_curves
from shared.database import Pool
from tests.support.gateway.competitions import BASELINE, competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit

CASE = "DT_iris_acc"


async def boxes_of(client: Any, submission: str) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/submissions/{submission}/boxes")
    body: dict[str, Any] = answer.raise_for_status().json()
    return body


async def test_boxes_have_means_over_their_studies_and_what_they_are_compared_with(
    gateway: Gateway, pool: Pool
) -> None:
    await gateway.apply(competition(phase(studies_per_box=10)))
    submission = (await submit(await gateway.team("dice"), phase="feedback")).json()["id"]
    empty = await boxes_of(gateway.organizer, submission)
    assert [(box["box"], box["studies"], box["curve"], box["time"]) for box in empty["boxes"]] == [
        ("box-01", 0, None, None),
        ("box-02", 0, None, None),
    ]
    await many.fill(pool, UUID(submission), 15)

    body = await boxes_of(gateway.organizer, submission)

    assert (body["n_calls"], body["study_timeout_s"], len(body["random"])) == (16, 640, 16)
    assert sorted(box["studies"] for box in body["boxes"]) == [7, 8]
    for box in body["boxes"]:
        rows = await pool.fetch(
            "select loss, suggest_time_s, observe_time_s, construct_time_s from studies st "
            "join black_boxes b on b.id = st.box_id where b.label = $1",
            box["box"],
        )
        times = [sum(row["suggest_time_s"]) + sum(row["observe_time_s"]) + row["construct_time_s"] for row in rows]
        assert box["score"] == pytest.approx(100 - 100 * sum(row["loss"] for row in rows) / len(rows))
        assert box["curve"][-1] == pytest.approx(box["score"], abs=1e-2)
        assert box["time"]["max_s"] == pytest.approx(max(times))
        assert box["time"]["mean_s"] == pytest.approx(sum(times) / len(times))


async def test_random_search_on_one_box_is_told_only_where_boxes_are_no_secret(gateway: Gateway) -> None:
    practice_phase = phase("practice", practice=True, boxes=["box-02"])
    (await gateway.apply(competition(phase(boxes=["box-01"]), practice_phase))).raise_for_status()
    team = await gateway.team("dice")
    secret = (await submit(team, phase="feedback")).json()["id"]
    practice = (await submit(team, phase="practice")).json()["id"]

    assert all(box["random"] for box in (await boxes_of(gateway.organizer, secret))["boxes"])
    assert all(box["random"] for box in (await boxes_of(team, practice))["boxes"])
    hidden = await boxes_of(team, secret)
    assert [box["random"] for box in hidden["boxes"]] == [None]
    assert hidden["random"] == [round(each) for each in hidden["random"]]
    assert hidden["random"] != (await boxes_of(gateway.organizer, secret))["random"], "it is of the whole set"


def test_random_search_is_on_the_scale_of_scores() -> None:
    data = json.loads(BASELINE.read_text())["data"]
    at = data["coords"]["function"]["data"].index(CASE)
    mean, clip, best = (data["data_vars"][name]["data"] for name in ("mean", "clip", "best"))
    expected = [
        linear_rescale(each[at][0], best[at][0], clip[at][0], 0.0, 1.0, enforce_bounds=False) for each in mean[:5]
    ]
    assert random_curves(data, 5)[CASE] == pytest.approx(expected, abs=1e-4)
