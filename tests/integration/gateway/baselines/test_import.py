"""Baselines are stored as they came, and broken ones are refused."""

import json

import pytest

from shared.database import Pool
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import BASELINE
from tests.support.gateway.running import Gateway


async def test_the_official_baseline_is_stored_as_it_came_and_its_numbers_are_used(
    gateway: Gateway, pool: Pool
) -> None:
    document = json.loads(BASELINE.read_text())
    data = document["data"]
    cases, objectives = (data["coords"][name]["data"] for name in ("function", "objective"))

    rows = await pool.fetch("select * from baseline_boxes")

    assert len(rows) == len(cases) * len(objectives) == 108 * 2
    for row in rows:
        at = cases.index(row["test_case"]), objectives.index(row["objective"])
        assert row["clip"] == data["data_vars"]["clip"]["data"][at[0]][at[1]]
        assert row["best"] == data["data_vars"]["best"]["data"][at[0]][at[1]]
        assert row["signature"] == document["meta"]["signature"][row["test_case"]]
        assert row["iterations"] == 16
    assert (await gateway.organizer.get("/api/v1/admin/baselines/official")).json() == document
    assert_problem(await gateway.organizer.get("/api/v1/admin/baselines/official?version=2"), 404)


@pytest.mark.parametrize("fault", ["empty", "no signature", "best above clip", "no clip"])
async def test_a_broken_baseline_is_422(gateway: Gateway, fault: str) -> None:
    document = json.loads(BASELINE.read_text())
    match fault:
        case "empty":
            document = {}
        case "no signature":
            document["meta"]["signature"].popitem()
        case "best above clip":
            document["data"]["data_vars"]["best"]["data"][0][0] = 1e9
        case "no clip":
            del document["data"]["data_vars"]["clip"]
    body = {"name": "broken", "source": "test", "document": document}
    assert_problem(await gateway.organizer.post("/api/v1/admin/baselines", json=body), 422)
