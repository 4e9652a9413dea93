"""Live feeds: WebSockets of the API, and why one was refused."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from arena.api.live import LogEnded, LogMessage, LogText
from arena.client.answer import explain_mismatch
from arena.client.http import TIMEOUT_S, Client
from arena.client.wording import word_problem
from arena.failure import Failure

FEED_LIMIT_BYTES = 64 * 1024**2
LOG_MESSAGE: TypeAdapter[LogText | LogEnded] = TypeAdapter(LogMessage)


def open_feed(client: Client, path: str) -> ClientConnection:
    """Open a live feed."""
    url = "ws" + client.url.removeprefix("http") + path
    return connect(url, additional_headers=client.headers, max_size=FEED_LIMIT_BYTES, open_timeout=TIMEOUT_S)


def explain_refusal(error: InvalidStatus) -> Failure:
    """Return why a live feed was refused."""
    try:
        problem: dict[str, Any] = json.loads(error.response.body or b"")
        return Failure(word_problem(problem), problem)
    except (ValueError, KeyError):
        return Failure(f"The live feed was refused with status {error.response.status_code}.")


def follow_log(client: Client, submission: str, execution: str | None) -> Iterator[LogText | LogEnded]:
    """Yield what is written in a submission, or in one execution of it, from its beginning to its end."""
    path = f"/api/v1/submissions/{submission}/logs/live" + (f"?execution={execution}" if execution else "")
    try:
        with open_feed(client, path) as feed:
            for text in feed:
                yield LOG_MESSAGE.validate_json(text, extra="ignore")
    except InvalidStatus as error:
        raise explain_refusal(error) from error
    except ValidationError as error:
        raise explain_mismatch("LogMessage", error) from error
    except (ConnectionClosedError, OSError) as error:
        raise Failure(f"The live log broke ({error!r}); follow it again.") from error
