"""What is planned before a competition opens: its candidates, the graph of its baselines, and sets that are refused."""

import copy
import json
from typing import Any

from arena.api.competition_document import BlackBox
from arena.words.objectives import GENERALIZATION, VISIBLE
from shared.database import Pool
from tests.support.gateway.competitions import BASELINE, BOXES, competition
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import make_zip

DOCUMENT = json.loads(BASELINE.read_text())
ADMIN = "/api/v1/admin"


async def ask(gateway: Gateway, kind: str, box: str, studies: int = 1) -> str:
    """Ask for a node; returns its key."""
    organizer_run = {
        "purpose": f"baseline-{kind}",
        "boxes": [box],
        "n_calls": 3,
        "n_suggestions": 2,
        "studies": studies,
    }
    answer = await gateway.organizer.post(
        f"{ADMIN}/competitions/c/organizer-runs",
        files={"file": ("o.zip", make_zip(kind.encode()), "application/zip")},
        data={"organizer_run": json.dumps(organizer_run)},
    )
    key: str = answer.raise_for_status().json()["key"]
    return key


async def graph(gateway: Gateway) -> list[dict[str, Any]]:
    answer = await gateway.organizer.get(f"{ADMIN}/competitions/c/baseline-graph")
    nodes: list[dict[str, Any]] = answer.raise_for_status().json()["nodes"]
    return nodes


async def import_set(gateway: Gateway, document: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    body = {"name": "mine", "source": "test", "document": document}
    answer = await gateway.organizer.post(f"{ADMIN}/baselines", json=body)
    return answer.status_code, answer.json()


def changed(case: str, variable: str, value: float, objective: str = VISIBLE) -> dict[str, Any]:
    """Return the official set with another number for one black box."""
    document: dict[str, Any] = copy.deepcopy(DOCUMENT)
    data = document["data"]
    at = data["coords"]["function"]["data"].index(case), data["coords"]["objective"]["data"].index(objective)
    array = data["data_vars"][variable]["data"]
    if data["data_vars"][variable]["dims"][0] == "iter":
        array = array[-1]
    array[at[0]][at[1]] = value
    return document


def number(case: str, variable: str) -> float:
    data = DOCUMENT["data"]
    at = data["coords"]["function"]["data"].index(case), data["coords"]["objective"]["data"].index(VISIBLE)
    value: float = data["data_vars"][variable]["data"][at[0]][at[1]]
    return value


async def test_candidates_are_all_black_boxes_by_their_names_with_the_seed(gateway: Gateway) -> None:
    await gateway.apply(competition())

    found = (await gateway.organizer.get(f"{ADMIN}/competitions/c/black-boxes")).json()

    boxes = [BlackBox.model_validate(each).model_dump() for each in BOXES]
    assert found == {"seed": "s", "black_boxes": boxes, "next": None}


async def test_the_graph_has_the_nodes_asked_for_last_and_is_done_when_a_set_is_made_of_them(
    gateway: Gateway, pool: Pool
) -> None:
    await gateway.apply(competition())
    assert await graph(gateway) == []
    keys = {await ask(gateway, kind, box) for kind in ("random", "strong") for box in ("box-01", "box-02")}
    await pool.execute("update submissions set state = 'running', studies_done = 0")

    nodes = await graph(gateway)
    assert [(node["kind"], node["box"], node["state"]) for node in nodes] == [
        ("random", "box-01", "running"),
        ("random", "box-02", "running"),
        ("strong", "box-01", "running"),
        ("strong", "box-02", "running"),
        ("combine", None, "queued"),
    ]
    assert {node["key"] for node in nodes[:-1]} == keys

    document = copy.deepcopy(DOCUMENT)
    document["meta"]["provenance"] = {"competition": "c", "key": "k", "curves": [{"key": key} for key in keys]}
    assert (await import_set(gateway, document))[0] == 201
    combine = (await graph(gateway))[-1]
    assert (combine["state"], combine["key"], combine["baseline"]) == ("scored", "k", "mine@1")

    other = await ask(gateway, "strong", "box-01", studies=2)
    nodes = await graph(gateway)
    assert (nodes[2]["key"], nodes[-1]["state"]) == (other, "queued")

    for kind, box in (("random", "box-01"), ("random", "box-02"), ("strong", "box-01"), ("strong", "box-02")):
        await ask(gateway, kind, box)
    nodes = await graph(gateway)
    assert ({node["key"] for node in nodes[:-1]}, nodes[-1]["state"]) == (keys, "scored")


async def test_a_best_that_is_not_better_than_random_search_is_refused_with_every_such_box(gateway: Gateway) -> None:
    case = "DT_iris_acc"
    clip, best = number(case, "clip"), number(case, "best")
    bad = {
        "best is the clip": changed(case, "best", clip),
        "best is the clip but for Bayesmark's padding": changed(case, "best", clip - 1e-13),
        "the median of random search is better": changed(case, "median", best - 0.01),
        "the mean of random search is better": changed(case, "mean", best),
    }
    for what, document in bad.items():
        status, problem = await import_set(gateway, document)
        assert (status, case in problem["detail"], "more iterations" in problem["detail"]) == (422, True, True), what

    two = changed(case, "best", clip)
    at = two["data"]["coords"]["function"]["data"].index("SVM_wine_nll")
    two["data"]["data_vars"]["best"]["data"][at] = two["data"]["data_vars"]["clip"]["data"][at]
    detail = (await import_set(gateway, two))[1]["detail"]
    assert f"{case} ({VISIBLE})" in detail
    assert f"SVM_wine_nll ({VISIBLE})" in detail
    assert f"SVM_wine_nll ({GENERALIZATION})" in detail


async def test_a_generalization_loss_that_is_the_same_everywhere_is_no_fault(gateway: Gateway) -> None:
    document = changed("DT_iris_acc", "best", -1.0000000000001, GENERALIZATION)
    for variable in ("clip", "median", "mean"):
        data = document["data"]
        at = data["coords"]["function"]["data"].index("DT_iris_acc")
        objective = data["coords"]["objective"]["data"].index(GENERALIZATION)
        arrays = data["data_vars"][variable]["data"]
        for array in arrays if data["data_vars"][variable]["dims"][0] == "iter" else [arrays]:
            array[at][objective] = -1.0

    assert (await import_set(gateway, document))[0] == 201
