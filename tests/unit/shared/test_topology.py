"""Who may send what: nothing that a service must send is refused by the broker."""

from shared.broker.topology import AGGREGATOR, BROKER_USERS, GATEWAY, WORK_QUEUES
from shared.messages import PhaseChanged, SubmissionAccepted, SubmissionEnded


def test_the_gateway_may_send_once_more_whatever_anybody_can_set_aside() -> None:
    read = {message for queue in WORK_QUEUES for message in queue.messages}
    read |= {message for user in BROKER_USERS for message in user.listens}

    assert read <= set(GATEWAY.publishes)


def test_whoever_relays_the_outbox_may_send_all_that_is_put_into_it() -> None:
    put = {SubmissionAccepted, SubmissionEnded, PhaseChanged}

    assert put <= set(AGGREGATOR.publishes)
    assert put <= set(GATEWAY.publishes)
