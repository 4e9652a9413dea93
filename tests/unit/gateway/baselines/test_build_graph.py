"""The graph of a baseline build, from the organizer runs asked for last."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from services.gateway.baselines.build_graph import describe_graph
from services.gateway.baselines.tables import BuildNodeRow, BuiltBaselineRow

NOON = datetime(2026, 7, 9, 12, tzinfo=UTC)
RANDOM = BuildNodeRow("baseline-random", "box-01", "key r", uuid4(), "scored", "scored", 5, 5, NOON)
STRONG = replace(RANDOM, purpose="baseline-strong", key="key s", submission_id=uuid4())
BUILT = BuiltBaselineRow("mine", 2, "key m", ["key r", "key s"])


def test_without_a_build_there_is_no_graph() -> None:
    assert describe_graph([], BUILT) == []


def test_a_build_ends_in_the_node_that_combines_the_others() -> None:
    nodes = describe_graph([RANDOM, STRONG], None)
    assert [(node.kind, node.box, node.state) for node in nodes] == [
        ("random", "box-01", "scored"),
        ("strong", "box-01", "scored"),
        ("combine", None, "queued"),
    ]


def test_the_combining_node_is_scored_once_a_set_was_built_from_the_nodes() -> None:
    combine = describe_graph([RANDOM, STRONG], BUILT)[-1]
    assert (combine.state, combine.key, combine.baseline) == ("scored", "key m", "mine@2")


def test_a_node_asked_for_since_begins_another_build() -> None:
    other = replace(STRONG, box="box-02", key="key o", asked_at=NOON + timedelta(hours=1))
    assert describe_graph([RANDOM, STRONG, other], BUILT)[-1].state == "queued"
    before = replace(other, asked_at=NOON - timedelta(hours=1))
    assert describe_graph([RANDOM, STRONG, before], BUILT)[-1].state == "scored"
