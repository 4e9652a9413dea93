"""Probing: random search on each candidate black box, to see what its evaluations take."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from arena.client.http import Client
from arena.estimate.workload import Probe
from arena.failure import Failure
from arena.organizer_runs import Node, Run, Zip, exported, run_all
from arena.package_data import RANDOM_SEARCH_OPTIMIZER

PURPOSE = "estimate"
PROBE_SUGGESTIONS = 8


def probe_boxes(
    client: Client, slug: str, boxes: Sequence[dict[str, Any]], n_calls: int, show: Callable[[Sequence[Run]], None]
) -> list[Probe]:
    """Run random search on each black box, unless that has been done, and return how long its evaluations took."""
    if not boxes:
        raise Failure(f"Expected black boxes in {slug}, got none; add them with 'arena competition apply'.")
    optimizer = Zip.read(RANDOM_SEARCH_OPTIMIZER)
    nodes = [Node(PURPOSE, box["label"], optimizer, n_calls, PROBE_SUGGESTIONS, studies=1) for box in boxes]
    probes = []
    for box, run in zip(boxes, run_all(client, slug, nodes, show), strict=True):
        with exported(client, slug, run.phase, run.submission) as lines:
            probes.append(Probe(**box, evaluation_s=_evaluation_s(lines)))
    return probes


def _evaluation_s(lines: Iterable[str]) -> tuple[float, ...]:
    _, *studies = lines
    return tuple(seconds for study in studies for row in json.loads(study)["eval_time_s"] for seconds in row)
