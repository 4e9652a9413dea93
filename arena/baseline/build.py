"""`arena baseline build`: for each black box a node of random search and one of a strong optimizer, and one for all.

The 2N nodes are organizer runs, which the platform keeps by the hash of their inputs. So a build that was stopped goes
on, and one with other parameters runs only the nodes whose inputs are others.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from arena.baseline.compute import Evaluations, compute_set, read_evaluations
from arena.client.http import Client, Failure, client_from_environment
from arena.commands.options import CompetitionOption, Json
from arena.organizer_runs import Node, Run, Zip, choose_boxes, exported, run_all
from arena.package_data import RANDOM_SEARCH_OPTIMIZER, STRONG_OPTIMIZER
from arena.rules.seeds import optimizer_seed, study_seed
from arena.terminal import console, plain, show_json
from arena.words.objectives import VISIBLE

RANDOM, STRONG, COMBINE = "random", "strong", "combine"
PURPOSE = "baseline-"
FIRST_STUDY = 500_000
"""Far from the studies of a phase, so that no team's study has the seeds of one that its score refers to."""
ITERATION_S = 40.0
"""The optimizer's own time by iteration, as in a study of a team; a longer study gets more in all."""
BAR_WIDTH = 16
Body = dict[str, Any]


@dataclass(frozen=True)
class Recipe:
    """What a baseline set is made from."""

    random: Zip
    strong: Zip
    n_calls: int
    n_suggestions: int
    random_studies: int
    strong_calls: int
    strong_studies: int

    def nodes(self, boxes: Sequence[str]) -> list[Node]:
        """Return the two nodes of each black box; random search first, as it says early what is wrong with a box."""
        random = [
            Node(PURPOSE + RANDOM, box, self.random, self.n_calls, self.n_suggestions, self.random_studies, FIRST_STUDY)
            for box in boxes
        ]
        size = self.strong_calls, self.n_suggestions, self.strong_studies
        time_s = ITERATION_S * self.strong_calls
        return [*random, *(Node(PURPOSE + STRONG, box, self.strong, *size, FIRST_STUDY, time_s) for box in boxes)]


def build(
    competition: CompetitionOption,
    name: Annotated[str, typer.Option("--name", help="Name of the set; another set makes its next version.")],
    strong: Annotated[
        Path, typer.Option("--strong", metavar="ZIP", help="Zip or folder of the strong optimizer.", exists=True)
    ] = STRONG_OPTIMIZER,
    boxes: Annotated[str | None, typer.Option("--boxes", help="Labels with commas between; without it, all.")] = None,
    n_calls: Annotated[int, typer.Option("--n-calls", min=1, help="Iterations of random search.")] = 16,
    n_suggestions: Annotated[int, typer.Option("--n-suggestions", min=1, help="Suggestions in each iteration.")] = 8,
    random_studies: Annotated[int, typer.Option("--random-studies", min=1, help="Of random search, by box.")] = 10,
    strong_calls: Annotated[int, typer.Option("--strong-calls", min=1, help="Iterations of the strong one.")] = 64,
    strong_studies: Annotated[int, typer.Option("--strong-studies", min=1, help="Of the strong one, by box.")] = 5,
    as_json: Json = False,
) -> None:
    """Compute a baseline set on the platform: worst by random search, best by the best that is found."""
    client = client_from_environment()
    optimizers = Zip.read(RANDOM_SEARCH_OPTIMIZER), Zip.read(strong)
    recipe = Recipe(*optimizers, n_calls, n_suggestions, random_studies, strong_calls, strong_studies)
    seed, found = choose_boxes(client, competition, boxes)
    runs = run_nodes(client, competition, recipe.nodes([box["label"] for box in found]), quiet=as_json)
    key = combination_key(runs)
    known = _find(client, name, key)
    made = known or _combine(client, competition, seed, name, key, runs)
    body = {
        **made,
        "new": known is None,
        "key": key,
        "nodes": len(runs) + 1,
        "nodes_run": sum(run.new for run in runs) + (known is None),
    }
    if as_json:
        show_json(body)
        return
    console.print(f"{body['name']}@{body['version']}: {body['nodes']} nodes, {body['nodes_run']} of them new")
    for box in body.get("random_is_best", ()):
        console.print(plain(f"  {box}: nothing was better than random search; a longer budget may find what is"))


def run_nodes(client: Client, slug: str, nodes: Sequence[Node], *, quiet: bool) -> list[Run]:
    """Run those nodes that the platform has not run yet, and show all as a live graph until they are done."""
    if not nodes:
        raise Failure(f"Expected black boxes in {slug}, got none; add them with 'arena competition apply'.")
    with nullcontext() if quiet else Live(console=console) as live:

        def show(runs: Sequence[Run]) -> None:
            if live is not None:
                live.update(graph_table([*map(_graph_node, runs), {**COMBINING, "state": "queued"}]))

        return run_all(client, slug, nodes, show)


def combination_key(runs: Sequence[Run]) -> str:
    """Return the hash of all that a baseline set depends on."""
    inputs = {"nodes": sorted(run.key for run in runs), "bayesmark": version("bayesmark")}
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def _find(client: Client, name: str, key: str) -> Body | None:
    for each in client.get("/api/v1/admin/baselines")["baselines"]:
        if each["name"] == name and each["source"].startswith(f"build {key}"):
            return {"name": name, "version": each["version"]}
    return None


def _combine(client: Client, slug: str, seed: str, name: str, key: str, runs: Sequence[Run]) -> Body:
    kinds: dict[str, list[Evaluations]] = {RANDOM: [], STRONG: []}
    curves = []
    for run in runs:
        with exported(client, slug, run.phase, run.submission) as lines:
            evaluations = read_evaluations(lines)
        kinds[_kind(run)].append(evaluations)
        curves.append(_curve(client, run, evaluations.test_case, seed))
    document = compute_set(kinds[RANDOM], kinds[STRONG])
    document["meta"]["provenance"] = {
        "key": key,
        "competition": slug,
        "versions": client.get("/api/v1/packages"),
        "curves": curves,
    }
    source = f"build {key} of {slug}: {len(kinds[RANDOM])} black boxes, best by {runs[-1].node.optimizer.filename}"
    stored = client.post("/api/v1/admin/baselines", {"name": name, "source": source[:500], "document": document})
    strong = {each.box: each.best(VISIBLE) for each in kinds[STRONG]}
    return {
        **stored,
        "random_is_best": [each.box for each in kinds[RANDOM] if each.best(VISIBLE) <= strong[each.box]],
    }


def _curve(client: Client, run: Run, test_case: str, seed: str) -> Body:
    """Return the record of one curve: what ran, in which images, with which seeds, and where its evaluations are."""
    node = run.node
    submission = client.get(f"/api/v1/admin/submissions/{run.submission}")
    sha256 = submission["blob_sha256"]
    ran_by = [
        execution["provenance"]
        for shard in submission["shards"]
        for execution in shard["executions"]
        if execution["outcome"] == "done"
    ]
    studies = range(node.first_study, node.first_study + node.studies)
    return {
        "kind": _kind(run),
        "box": node.box,
        "test_case": test_case,
        "key": run.key,
        "submission": run.submission,
        "phase": run.phase,
        "optimizer": {"file": node.optimizer.filename, "sha256": sha256},
        "ran_by": [each for place, each in enumerate(ran_by) if each not in ran_by[:place]],
        "n_calls": node.n_calls,
        "n_suggestions": node.n_suggestions,
        "studies": [
            {
                "study": study,
                "seed": study_seed(seed, test_case, study),
                "optimizer_seed": optimizer_seed(seed, test_case, study, sha256),
            }
            for study in studies
        ],
    }


def _kind(run: Run) -> str:
    return run.node.purpose.removeprefix(PURPOSE)


COMBINING: Body = {"kind": COMBINE, "box": None, "studies_done": 0, "studies_total": 1, "baseline": None}


def _graph_node(run: Run) -> Body:
    return {
        "kind": _kind(run),
        "box": run.node.box,
        "state": run.state,
        "studies_done": run.studies_done,
        "studies_total": run.studies_total,
    }


def graph(competition: CompetitionOption, as_json: Json = False) -> None:
    """Show how far the nodes of the baselines asked for last are."""
    body = client_from_environment().get(f"/api/v1/admin/competitions/{competition}/baseline-graph")
    if as_json:
        show_json(body)
    elif not body["nodes"]:
        console.print("no baselines yet; 'arena baseline build' makes them")
    else:
        console.print(graph_table(body["nodes"]))


def graph_table(nodes: Sequence[Body]) -> Table:
    """Return the graph as a table: a row for each black box, those at work first, and what they all flow into."""
    by_box: dict[str, dict[str, Body]] = {}
    for node in nodes:
        if node["box"] is not None:
            by_box.setdefault(node["box"], {})[node["kind"]] = node
    combine = next(node for node in nodes if node["kind"] == COMBINE)
    done = sum(node["studies_done"] for node in nodes if node["box"] is not None)
    total = sum(node["studies_total"] for node in nodes if node["box"] is not None)
    table = Table(box=None, show_footer=True)
    table.add_column("black box", footer="")
    table.add_column(f"{RANDOM} search", footer="")
    table.add_column("", justify="right", footer="└─")
    table.add_column(f"{STRONG} optimizer", footer=f"┴─> {COMBINE}")
    table.add_column("", justify="right", footer=combine["baseline"] or f"{done}/{total}")
    order = {"running": 0, "failed": 0, "cancelled": 0, "queued": 1, "scored": 2}
    for box in sorted(by_box, key=lambda box: (min(order[node["state"]] for node in by_box[box].values()), box)):
        cells = [part for kind in (RANDOM, STRONG) for part in _cells(by_box[box].get(kind))]
        table.add_row(plain(box), *cells)
    return table


def _cells(node: Body | None) -> tuple[ProgressBar | str, str]:
    if node is None:
        return "-", ""
    bar = ProgressBar(total=node["studies_total"], completed=node["studies_done"], width=BAR_WIDTH)
    return bar, f"{node['studies_done']}/{node['studies_total']} {node['state']}"
