"""From candidate black boxes to a baseline set, with real containers: measured, computed, checked, never run twice."""

from pathlib import Path

import pytest

from arena.client.http import Client
from arena.rules.seeds import study_seed
from shared.database import Pool
from tests.support.command_line import Arena
from tests.support.end_to_end.competition import COMPETITION, ORGANIZER, set_up

BOXES = ("box-01", "box-02")
CASES = ["DT_iris_acc", "lasso_diabetes_mse"]
NODES = 5
"""Two for each black box, and one for all."""
BUILD = (
    *("baseline", "build", "--competition", "planning", "--name", "mine", "--boxes", ",".join(BOXES)),
    *("--random-studies", "3", "--strong-studies", "2"),
)
COUNT_RUNS = (
    "select count(*) from organizer_runs t join competitions c on c.id = t.competition_id where c.slug = 'planning'"
)
SHORT, LONG = "4", "5"
"""Iterations of the strong optimizer."""


async def test_a_competition_is_estimated_and_gets_its_baselines(
    platform: str, platform_pool: Pool, tmp_path: Path
) -> None:
    client = Client(platform, ORGANIZER)
    set_up(client, "planning")
    arena = Arena(platform)

    html, csv = tmp_path / "estimate.html", tmp_path / "estimate.csv"
    probe = ("estimate", "--competition", "planning", "--probe-calls", "2", "--price", "1")
    estimate = await arena.json(*probe, "--html", str(html), "--csv", str(csv))
    assert estimate["total"]["trainings"] == 30 * 30 * 2 * 10 * 16 * 8
    assert {row["label"]: row["probed"] for row in estimate["rows"]} == dict.fromkeys(BOXES, 16)
    assert estimate["total"]["price"] == pytest.approx(estimate["total"]["machine_hours"]) != 0
    assert all(name in html.read_text() for case in CASES for name in case.split("_")[:2])
    assert len(csv.read_text().splitlines()) == 1 + len(BOXES)
    assert await arena.json(*probe) == estimate
    assert await platform_pool.fetchval(COUNT_RUNS) == len(BOXES)

    built = await arena.json(*BUILD, "--strong-calls", SHORT)
    assert (built["nodes"], built["nodes_run"], built["new"]) == (NODES, NODES, True)
    again = await arena.json(*BUILD, "--strong-calls", SHORT)
    assert (again["nodes_run"], again["new"], again["version"]) == (0, False, built["version"])
    longer = await arena.json(*BUILD, "--strong-calls", LONG)
    assert (longer["nodes_run"], longer["version"]) == (len(BOXES) + 1, built["version"] + 1)
    assert await platform_pool.fetchval(COUNT_RUNS) == 4 * len(BOXES)

    graph = await arena.json("baseline", "graph", "--competition", "planning")
    assert [(node["kind"], node["box"], node["state"]) for node in graph["nodes"]] == [
        *((kind, box, "scored") for kind in ("random", "strong") for box in BOXES),
        ("combine", None, "scored"),
    ]
    code, checked = await arena.json_and_code("baseline", "check", "--name", "mine")
    assert checked["compared"] == CASES
    assert code == int(bool(checked["differences"]))
    # Random search is the official set's; so short a strong search need not be.
    assert {each["what"] for each in checked["differences"]} <= {"best"}
    await check_record(client, platform_pool)


async def check_record(client: Client, pool: Pool) -> None:
    """The set says of each curve what it came from, and its best is the best of all that was evaluated for it."""
    document = client.get("/api/v1/admin/baselines/mine").json
    provenance, data = document["meta"]["provenance"], document["data"]
    curves = provenance["curves"]
    assert data["coords"]["function"]["data"] == CASES
    visible = data["coords"]["objective"]["data"].index("_visible_to_opt")
    for place, case in enumerate(CASES):
        best = await pool.fetchval(
            "select min(each) from studies, unnest(visible) as each where submission_id = any ($1::uuid[])",
            [curve["submission"] for curve in curves if curve["test_case"] == case],
        )
        assert data["data_vars"]["best"]["data"][place][visible] == pytest.approx(best, rel=1e-9)
    strong = curves[-1]
    assert (strong["kind"], strong["n_calls"], strong["optimizer"]["file"]) == ("strong", int(LONG), "strong.zip")
    assert strong["optimizer"]["sha256"] == await pool.fetchval(
        "select blob_sha256 from submissions where id = $1", strong["submission"]
    )
    seeds = [study_seed(str(COMPETITION["seed"]), strong["test_case"], each["study"]) for each in strong["studies"]]
    assert [each["seed"] for each in strong["studies"]] == seeds
    assert len(set(seeds)) == 2
    assert len(strong["ran_by"]) == 1
    assert strong["ran_by"][0] is not None
    assert {"environments", "blackbox"} <= provenance["versions"].keys()
