"""A baseline build: for each black box a node of random search and one of a strong optimizer, and one for all.

The 2N nodes are organizer runs, which the platform keeps by the hash of their inputs. So a build that was stopped goes
on, and one with other parameters runs only the nodes whose inputs differ.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from arena.api.operations import InspectedSubmission
from arena.api.planning import BaselinePage
from arena.baseline.compute import Evaluations, compute_set, read_evaluations
from arena.baseline.nodes import RANDOM, STRONG, Recipe, kind_of
from arena.client.http import Client
from arena.failure import Failure
from arena.organizer_runs import Run, choose_boxes, exported, run_all
from arena.rules.seeds import optimizer_seed, study_seed
from arena.words.objectives import VISIBLE
from arena.words.states import ExecutionOutcome

SOURCE_CHARS = 500


def build_set(
    client: Client, slug: str, name: str, boxes: str | None, recipe: Recipe, show: Callable[[Sequence[Run]], None]
) -> dict[str, Any]:
    """Run the nodes that the platform has not run yet, and combine them to a set unless it is there already."""
    seed, found = choose_boxes(client, slug, boxes)
    if not found:
        raise Failure(f"Expected black boxes in {slug}, got none; add them with 'arena competition apply'.")
    runs = run_all(client, slug, recipe.nodes(found), show)
    known_best = {box.test_case: box.best for box in found if box.best is not None}
    key = combination_key(runs, known_best)
    known = _find(client, name, key)
    made = known or _combine(client, slug, seed, name, key, runs, known_best)
    return {
        **made,
        "new": known is None,
        "key": key,
        "nodes": len(runs) + 1,
        "nodes_run": sum(run.new for run in runs) + (known is None),
    }


def combination_key(runs: Sequence[Run], known_best: Mapping[str, float]) -> str:
    """Return the hash of everything that a baseline set depends on."""
    inputs: dict[str, Any] = {"nodes": sorted(run.key for run in runs), "bayesmark": version("bayesmark")}
    if known_best:
        inputs["best"] = known_best
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def _find(client: Client, name: str, key: str) -> dict[str, Any] | None:
    for each in client.get_all("/api/v1/admin/baselines", "baselines").parse(BaselinePage).baselines:
        if each.name == name and each.source.startswith(f"build {key}"):
            return {"name": name, "version": each.version}
    return None


def _combine(
    client: Client, slug: str, seed: str, name: str, key: str, runs: Sequence[Run], known_best: Mapping[str, float]
) -> dict[str, Any]:
    kinds: dict[str, list[Evaluations]] = {RANDOM: [], STRONG: []}
    curves = []
    for run in runs:
        with exported(client, slug, run.phase, run.submission) as lines:
            evaluations = read_evaluations(lines)
        kinds[kind_of(run.node)].append(evaluations)
        curves.append(_curve(client, run, evaluations.test_case, seed))
    document = compute_set(kinds[RANDOM], kinds[STRONG], known_best)
    document["meta"]["provenance"] = {
        "key": key,
        "competition": slug,
        "versions": client.get("/api/v1/packages").json,
        "curves": curves,
    }
    source = f"build {key} of {slug}: {len(kinds[RANDOM])} black boxes, best by {_told_best(runs)}"
    new = {"name": name, "source": source[:SOURCE_CHARS], "document": document}
    stored = client.post("/api/v1/admin/baselines", new).json
    strong = {each.box: each.best(VISIBLE) for each in kinds[STRONG]}
    return {
        **stored,
        "random_is_best": [
            each.box for each in kinds[RANDOM] if each.box in strong and each.best(VISIBLE) <= strong[each.box]
        ],
    }


def _told_best(runs: Sequence[Run]) -> str:
    """Return by what the best losses are known."""
    last = runs[-1].node
    return last.optimizer.filename if kind_of(last) == STRONG else "known optima"


def _curve(client: Client, run: Run, test_case: str, seed: str) -> dict[str, Any]:
    """Return the record of one curve: what ran, in which images, with which seeds, and where its evaluations are."""
    node = run.node
    submission = client.get(f"/api/v1/admin/submissions/{run.submission}").parse(InspectedSubmission)
    sha256 = submission.blob_sha256
    ran_by = [
        None if execution.provenance is None else execution.provenance.model_dump(mode="json")
        for shard in submission.shards
        for execution in shard.executions
        if execution.outcome == ExecutionOutcome.DONE
    ]
    studies = range(node.first_study, node.first_study + node.studies)
    return {
        "kind": kind_of(run.node),
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
