"""From candidate black boxes to a baseline set: measured, computed, interrupted by nothing and never run twice."""

from pathlib import Path
from typing import Any

import pytest

from arena.client import Client
from tests.end_to_end.commands import run_arena
from tests.end_to_end.test_platform import ORGANIZER, set_up

BUILD = (
    *("baseline", "build", "--competition", "e2e", "--name", "mine", "--boxes", "box-01,box-02"),
    *("--n-calls", "4", "--n-suggestions", "4", "--random-studies", "3", "--strong-studies", "2"),
)
RUNNER_ID = "runner-of-planning"
NODES = 5
"""Two for each black box, and one for all."""


async def arena(url: str, *arguments: str) -> dict[str, Any]:
    code, body = await run_arena(url, ORGANIZER, *arguments)
    assert code == 0, body
    return body


@pytest.mark.timeout(400)
async def test_a_competition_is_estimated_and_gets_its_baselines(platform: str, tmp_path: Path) -> None:
    set_up(Client(platform, ORGANIZER))

    html = tmp_path / "estimate.html"
    estimate = await arena(platform, "estimate", "--competition", "e2e", "--probe-calls", "2", "--html", str(html))
    assert estimate["total"]["trainings"] == 30 * 30 * 2 * 10 * 16 * 8
    assert estimate["total"]["machine_hours"] > 0
    assert "plotly" in html.read_text().lower()

    built = await arena(platform, *BUILD, "--strong-calls", "8")
    assert (built["nodes"], built["nodes_run"], built["new"]) == (NODES, NODES, True)
    again = await arena(platform, *BUILD, "--strong-calls", "8")
    assert (again["nodes_run"], again["new"], again["version"]) == (0, False, built["version"])
    longer = await arena(platform, *BUILD, "--strong-calls", "9")
    assert (longer["nodes_run"], longer["version"]) == (2 + 1, built["version"] + 1)

    graph = await arena(platform, "baseline", "graph", "--competition", "e2e")
    assert {node["state"] for node in graph["nodes"]} == {"scored"}
    assert len(graph["nodes"]) == NODES
    set_of_mine = await arena(platform, "baseline", "list")
    assert {each["name"] for each in set_of_mine["baselines"]} >= {"mine"}
