"""When a runner ends for want of work."""

from services.runner.idleness import UNREADY_LIMIT_S, Idleness


def test_time_counts_from_when_the_runner_became_ready() -> None:
    idleness = Idleness(60, now_s=0)

    idleness.tell(is_busy=False, is_ready=True, now_s=100)

    assert idleness.left_s(100) == 60
    assert idleness.left_s(159) == 1
    assert idleness.left_s(160) == 0


def test_a_runner_with_work_never_ends_and_time_counts_from_the_end_of_its_last_shard() -> None:
    idleness = Idleness(60, now_s=0)

    idleness.tell(is_busy=True, is_ready=True, now_s=10)
    assert idleness.left_s(100_000) is None
    idleness.tell(is_busy=False, is_ready=True, now_s=100_000)

    assert idleness.left_s(100_030) == 30


def test_a_shard_that_came_and_went_unseen_begins_the_time_anew() -> None:
    idleness = Idleness(60, now_s=0)
    idleness.tell(is_busy=False, is_ready=True, now_s=0)

    idleness.tell(is_busy=True, is_ready=True, now_s=50)
    idleness.tell(is_busy=False, is_ready=True, now_s=50)

    assert idleness.left_s(60) == 50


def test_looking_again_changes_nothing() -> None:
    idleness = Idleness(60, now_s=0)

    for now_s in (0, 20, 40):
        idleness.tell(is_busy=False, is_ready=True, now_s=now_s)

    assert idleness.left_s(40) == 20


def test_a_runner_that_cannot_work_ends_too_but_later() -> None:
    idleness = Idleness(60, now_s=0)

    idleness.tell(is_busy=False, is_ready=False, now_s=0)
    assert idleness.left_s(60) == UNREADY_LIMIT_S - 60
    assert Idleness(10 * UNREADY_LIMIT_S, now_s=0).left_s(0) == 10 * UNREADY_LIMIT_S

    idleness.tell(is_busy=False, is_ready=True, now_s=UNREADY_LIMIT_S - 1)
    assert idleness.left_s(UNREADY_LIMIT_S - 1) == 60


def test_a_runner_that_is_busy_is_waited_for_though_it_is_not_ready() -> None:
    idleness = Idleness(60, now_s=0)

    idleness.tell(is_busy=True, is_ready=False, now_s=0)

    assert idleness.left_s(10 * UNREADY_LIMIT_S) is None
