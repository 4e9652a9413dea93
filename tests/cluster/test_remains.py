"""After all that, a cluster as at the beginning."""

import pytest

from arena.pack.optimizer_zip import read_zip
from arena.words.states import ExecutionState
from tests.support.cluster import machine
from tests.support.cluster.keda_stand_in import KedaStandIn
from tests.support.cluster.platform import Platform
from tests.support.cluster.pods import PodWatch
from tests.support.end_to_end.competition import EXAMPLES

pytestmark = pytest.mark.cluster


def test_a_later_run_finds_nothing_left_behind(
    platform: Platform, pods: PodWatch, keda: KedaStandIn, runners_limit: int
) -> None:
    pods.wait_until_none_runs()
    keda.steps.clear()
    team = platform.set_up("again", studies_per_box=2)
    submission = team.submit("again", None, *read_zip(EXAMPLES / "random_search")).json["id"]

    platform.wait_until_scored(submission)

    assert keda.steps[0] == runners_limit
    assert {each.outcome for each in platform.executions(submission)} == {ExecutionState.DONE}
    pods.wait_until_none_runs()
    assert machine.containers_of_studies() == []


def test_there_were_never_more_runners_than_are_allowed(pods: PodWatch, runners_limit: int) -> None:
    assert pods.most == runners_limit
