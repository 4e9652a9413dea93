"""The rule that stands for KEDA's: https://keda.sh/docs/latest/reference/scaledjob-spec/, strategy `default`."""

import pytest

from tests.support.cluster.keda_stand_in import count_new_jobs, end_of


@pytest.mark.parametrize(
    ("value", "target", "limit", "running", "new"),
    [
        (30, 1, 3, 0, 3),  # a burst brings all that are allowed at once
        (30, 1, 3, 3, 0),
        (5, 2, 10, 0, 3),  # the last one has one slot to spare
        (5, 2, 10, 1, 2),  # those that run have been counted in the value, and are taken off
        (1, 2, 10, 3, 0),  # nothing that runs is ended
        (0, 2, 10, 0, 0),
    ],
)
def test_as_many_jobs_are_created_as_the_work_asks_for_and_the_limit_allows(
    value: float, target: float, limit: int, running: int, new: int
) -> None:
    assert count_new_jobs(value, target, limit, running) == new


def test_a_job_runs_until_it_says_how_it_has_ended() -> None:
    assert end_of({}) is None
    assert end_of({"status": {"conditions": [{"type": "Failed", "status": "False"}]}}) is None
    assert end_of({"status": {"conditions": [{"type": "Complete", "status": "True"}]}}) == "Complete"
