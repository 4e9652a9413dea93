"""The graph of a baseline build: two nodes for each black box, and one that combines them. Pure."""

from collections.abc import Sequence
from dataclasses import asdict

from arena.api.planning import BaselineNode
from arena.words.states import SubmissionState
from services.gateway.baselines.tables import BuildNodeRow, BuiltBaselineRow

KINDS = {"baseline-random": "random", "baseline-strong": "strong"}
"""The purposes of the organizer runs that baselines are built from, and what their nodes are called."""


def describe_graph(asked: Sequence[BuildNodeRow], built: BuiltBaselineRow | None) -> list[BaselineNode]:
    """Return the nodes of the last build, the combining one at the end; none if there was no build.

    The combining node is `scored` when the newest baseline set was built from those nodes.
    """
    if not asked:
        return []
    used = nodes_of_last_build(asked, set(built.nodes) if built is not None else set())
    nodes = [BaselineNode(kind=KINDS[row.purpose], **asdict(row)) for row in used or asked]
    return [*nodes, _combining_node(built if used else None)]


def _combining_node(built: BuiltBaselineRow | None) -> BaselineNode:
    return BaselineNode(
        kind="combine",
        box=None,
        key=None if built is None else built.key,
        state=SubmissionState.QUEUED if built is None else SubmissionState.SCORED,
        studies_done=0 if built is None else 1,
        studies_total=1,
        baseline=None if built is None else built.versioned_name,
    )


def nodes_of_last_build(nodes: Sequence[BuildNodeRow], keys: set[str]) -> list[BuildNodeRow]:
    """Return the nodes with these keys, from which a baseline set was built.

    None if a later build replaced any of them.
    """
    used = [node for node in nodes if node.key in keys]
    if {node.key for node in used} != keys or not used:
        return []
    asked_at = min(node.asked_at for node in used)
    return used if all(node.asked_at < asked_at for node in nodes if node not in used) else []
