"""Live feeds: WebSockets of the API, and why one was refused."""

import json
from typing import Any

from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from arena.client.http import TIMEOUT_S, Client
from arena.failure import Failure

FEED_LIMIT_BYTES = 64 * 1024**2


def open_feed(client: Client, path: str) -> ClientConnection:
    """Open a live feed."""
    url = "ws" + client.url.removeprefix("http") + path
    return connect(url, additional_headers=client.headers, max_size=FEED_LIMIT_BYTES, open_timeout=TIMEOUT_S)


def explain_refusal(error: InvalidStatus) -> Failure:
    """Return why a live feed was refused."""
    try:
        problem: dict[str, Any] = json.loads(error.response.body or b"")
        return Failure(f"{problem['title']}: {problem['detail']}", problem)
    except (ValueError, KeyError):
        return Failure(f"The live feed was refused with status {error.response.status_code}.")
