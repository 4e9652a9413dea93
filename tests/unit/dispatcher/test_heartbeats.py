"""The dispatcher knows whether a runner says something new, and forgets those that were heard of long ago."""

from services.dispatcher.heartbeats import LastHeartbeats
from shared.messages import RunnerHeartbeat


def heartbeat(runner_id: str, *, ready: bool = True) -> RunnerHeartbeat:
    return RunnerHeartbeat(runner_id=runner_id, slots=2, ready=ready, held=[])


def test_a_heartbeat_is_news_if_its_runner_is_new_or_says_something_else() -> None:
    last = LastHeartbeats()

    assert last.note([heartbeat("a"), heartbeat("b")])
    assert not last.note([heartbeat("a"), heartbeat("b")])
    assert last.note([heartbeat("a"), heartbeat("b", ready=False)])
    assert not last.note([heartbeat("b", ready=False)])


def test_of_more_runners_than_it_holds_those_heard_longest_ago_are_forgotten() -> None:
    last = LastHeartbeats(size=2)
    last.note([heartbeat("a"), heartbeat("b")])
    last.note([heartbeat("a")])

    last.note([heartbeat("c")])

    assert not last.note([heartbeat("a"), heartbeat("c")])
    assert last.note([heartbeat("b")])
