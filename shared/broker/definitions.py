"""`python -m shared.broker.definitions`: everything durable of the broker, in the form that RabbitMQ imports.

RabbitMQ loads it at every start, before it lets anybody connect, so a broker that has lost all its data has its
exchanges, queues and users again by itself. Services declare nothing but queues of their own process, and those of
the classes of shards that they release or run, which are known to nobody else.
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from shared.broker.topology import (
    BROKER_USERS,
    DEAD,
    DEAD_EXCHANGE,
    EXCHANGE,
    SHARD_QUEUES,
    WORK_QUEUES,
    BrokerUser,
    queue_arguments,
)
from shared.messages import Message, ShardReleased

ADMINISTRATOR = "arena"
NOTHING = "^$"
Definitions = dict[str, list[dict[str, Any]]]


def definitions(virtual_host: str, users: Sequence[dict[str, str]]) -> Definitions:
    """Return these users, the services' permissions, the exchanges, the queues and the bindings."""
    here = {"vhost": virtual_host}
    bindings = [(EXCHANGE, queue, message.key) for queue in WORK_QUEUES for message in queue.messages]
    return {
        "users": list(users),
        "vhosts": [{"name": virtual_host}],
        "permissions": [
            *({"user": user.name, **here, **_permissions(user)} for user in BROKER_USERS),
            {"user": ADMINISTRATOR, **here, "configure": ".*", "write": ".*", "read": ".*"},
        ],
        "topic_permissions": [{"user": user.name, **here, **_topic_permissions(user)} for user in BROKER_USERS],
        "exchanges": [
            {"name": EXCHANGE, **here, "type": "topic", **_DURABLE, "internal": False, "arguments": {}},
            {"name": DEAD_EXCHANGE, **here, "type": "fanout", **_DURABLE, "internal": False, "arguments": {}},
        ],
        "queues": [{"name": queue.name, **here, **_DURABLE, "arguments": queue_arguments(queue)} for queue in _QUEUES],
        "bindings": [
            {
                "source": source,
                **here,
                "destination": queue.name,
                "destination_type": "queue",
                "routing_key": key,
                "arguments": {},
            }
            for source, queue, key in [*bindings, (DEAD_EXCHANGE, DEAD, "")]
        ],
    }


_DURABLE = {"durable": True, "auto_delete": False}
_QUEUES = (*WORK_QUEUES, DEAD)
_SHARD_QUEUES = re.escape(SHARD_QUEUES) + ".+"


def _permissions(user: BrokerUser) -> dict[str, str]:
    """Return what a user may declare, write to (publish, bind a queue) and read from (consume, bind to an exchange)."""
    own = [rf"arena\.{user.name}\..+"] if user.listens else []
    declared = [_SHARD_QUEUES] if user.declares_shard_queues else []
    bound = [re.escape(EXCHANGE)] if user.listens or declared else []
    taken = [re.escape(queue.name) for queue in user.consumes]
    return {
        "configure": _any_of([*declared, *own]),
        "write": _any_of([re.escape(EXCHANGE), re.escape(DEAD_EXCHANGE), *declared, *own]),
        "read": _any_of([*taken, *declared, *bound, *own]),
    }


def _topic_permissions(user: BrokerUser) -> dict[str, str]:
    bound = (*user.listens, *((ShardReleased,) if user.declares_shard_queues else ()))
    return {
        "exchange": EXCHANGE,
        "write": _any_of(sorted(map(_keys, user.publishes))),
        "read": _any_of(sorted(map(_keys, bound))),
    }


def _keys(message: type[Message]) -> str:
    """Return the pattern of a message's routing keys."""
    return re.escape(message.key) + (r"\..+" if message is ShardReleased else "")


def _any_of(patterns: Iterable[str]) -> str:
    joined = "|".join(patterns)
    return f"^({joined})$" if joined else NOTHING


def service_user(name: str, password: str) -> dict[str, str]:
    """Return a user without a right but what the permissions give."""
    return {"name": name, "password": password, "tags": ""}


def image_definitions() -> Definitions:
    """Return what the image has; its start puts passwords in the places of `@name@`."""
    users = [service_user(user.name, f"@{user.name}@") for user in BROKER_USERS]
    administrator = {"name": ADMINISTRATOR, "password": f"@{ADMINISTRATOR}@", "tags": "administrator"}
    return definitions("/", [*users, administrator])


def to_text(found: Definitions) -> str:
    """Return definitions as JSON with an entry a line."""
    groups = (
        f'"{name}": [\n' + ",\n".join(f"  {json.dumps(entry)}" for entry in entries) + "\n]"
        for name, entries in found.items()
    )
    return "{\n" + ",\n".join(groups) + "\n}\n"


if __name__ == "__main__":
    print(to_text(image_definitions()), end="")  # noqa: T201 - this is the command's result
