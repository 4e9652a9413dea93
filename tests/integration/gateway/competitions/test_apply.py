"""Applying a competition: what is created, what may change, and what is refused."""

from typing import Any

import pytest

from shared.database import Pool
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import BOXES, competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit


async def test_a_competition_is_created_and_changed_by_applying_it(gateway: Gateway) -> None:
    await gateway.apply(competition())
    (await gateway.apply(competition(phase(studies_per_box=5), phase("final"), name="New"))).raise_for_status()

    shown = (await gateway.anyone.get("/api/v1/competitions/c")).json()

    assert shown["name"] == "New"
    assert [(each["name"], each["studies_per_box"]) for each in shown["phases"]] == [("feedback", 5), ("final", 2)]
    assert shown["phases"][0]["boxes"] == ["box-01", "box-02"]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (competition(phase(studies_per_box=9)), "studies_per_box"),
        (competition(phase(boxes=["box-01"])), "boxes"),
        (competition(phase(n_calls=8)), "n_calls"),
        (competition(seed="other"), "seed"),
        (competition(phase("renamed")), "feedback"),
        (competition(black_boxes=[BOXES[0], {**BOXES[1], "dataset": "boston"}]), "has studies, so it stays"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_scores_depend_on_does_not_change(gateway: Gateway, body: dict[str, Any], what: str) -> None:
    await gateway.apply(competition())
    (await submit(await gateway.team("a"))).raise_for_status()
    before = (await gateway.anyone.get("/api/v1/competitions/c")).json()

    assert_problem(await gateway.apply(body), 409, what)

    assert (await gateway.anyone.get("/api/v1/competitions/c")).json() == before


async def test_quotas_and_times_of_a_used_phase_may_change(gateway: Gateway) -> None:
    await gateway.apply(competition())
    (await submit(await gateway.team("a"))).raise_for_status()
    assert (await gateway.apply(competition(phase(attempts_per_day=3)))).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        competition(phase(baseline="unknown")),
        competition(phase(baseline="official@7")),
        competition(phase(boxes=["box-09"])),
        competition(phase(n_calls=17)),
        competition(phase(boxes=["box-01"], practice=True), phase("other")),
        competition(phase(), phase()),
        competition(black_boxes=[*BOXES, {**BOXES[0], "label": "box-03"}]),
        competition(black_boxes=[*BOXES[:1], {**BOXES[1], "model": "GPT"}]),
        competition(colour="red"),
        {},
    ],
)
async def test_a_competition_that_cannot_be_is_422(gateway: Gateway, body: dict[str, Any]) -> None:
    assert_problem(await gateway.apply(body), 422)
    assert (await gateway.anyone.get("/api/v1/competitions/c")).status_code == 404


async def test_the_images_packages_are_public(gateway: Gateway) -> None:
    packages = (await gateway.anyone.get("/api/v1/packages")).json()
    assert packages["blackbox"]["numpy"] == "1.23.5"
    environments = packages["environments"]
    assert {name: each["python"] for name, each in environments.items()} == {
        "small": "3.11",
        "classic": "3.11",
        "modern": "3.13",
    }
    assert {each["packages"]["bayesmark"] for each in environments.values()} == {"0.0.8"}
    assert environments["modern"]["packages"]["torch"] == "2.6.0+debian"
    assert environments["classic"]["packages"]["pysot"] == "0.2.3"


async def test_an_environment_that_no_runner_has_is_remarked_on_and_not_refused(gateway: Gateway, pool: Pool) -> None:
    document = competition(phase(environments=["small", "modern"]))
    await pool.execute(
        "insert into runners (id, slots, ready, reason, seen_at, environments) values ($1, 1, true, '', now(), $2)",
        "runner-1",
        {"small": "sha256:1"},
    )

    diff = (await gateway.organizer.post("/api/v1/admin/competitions/c/diff", json=document)).raise_for_status().json()
    applied = (await gateway.apply(document)).raise_for_status().json()

    (remark,) = diff["remarks"]
    assert remark.startswith("Phase 'feedback' allows the environment modern, which no runner has.")
    assert applied["remarks"] == [remark]
