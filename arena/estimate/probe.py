"""Probing: random search on each candidate black box, to see what its evaluations take."""

import json
import math
from collections.abc import Callable, Iterable, Sequence

from arena.api.competition_document import BlackBox
from arena.client.http import Client
from arena.estimate.workload import Probe
from arena.failure import Failure
from arena.organizer_runs import Node, Run, Zip, exported, run_all
from arena.package_data import RANDOM_SEARCH_OPTIMIZER

PURPOSE = "estimate"
PROBE_SUGGESTIONS = 8


def probe_boxes(
    client: Client, slug: str, boxes: Sequence[BlackBox], n_calls: int, show: Callable[[Sequence[Run]], None]
) -> list[Probe]:
    """Run random search on each black box, unless that has been done, and return how long its evaluations took."""
    if not boxes:
        raise Failure(f"Expected black boxes in {slug}, got none; add them with 'arena competition apply'.")
    optimizer = Zip.read(RANDOM_SEARCH_OPTIMIZER)
    nodes = [Node(PURPOSE, box.label, optimizer, n_calls, PROBE_SUGGESTIONS, studies=1) for box in boxes]
    probes = []
    for box, run in zip(boxes, run_all(client, slug, nodes, show), strict=True):
        with exported(client, slug, run.phase, run.submission) as lines:
            wall_s, cpu_s = read_times(lines)
            probes.append(Probe(box.label, *box.parts, wall_s, cpu_s))
    return probes


def read_times(lines: Iterable[str]) -> tuple[tuple[float, ...], float | None]:
    """Return the wall time of every evaluation in an export, and the CPU time of all if each study has it."""
    _, *texts = lines
    studies = [json.loads(text) for text in texts]
    wall_s = tuple(seconds for study in studies for row in study["eval_time_s"] for seconds in row)
    cpu_s = [study["evaluation_cpu_s"] for study in studies]
    return wall_s, None if None in cpu_s else math.fsum(cpu_s)
