"""Begins a trace with each request that may change something."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway.accounts.callers import NOBODY
from shared.tracing.context import HEADER, begin_trace, read_traceparent

READING = {"GET", "HEAD", "OPTIONS"}
"""Requests without a trace: they lead to no work elsewhere, and would bury those that do."""


class RequestTraces:
    """A caller with a token may name the trace, in a `traceparent` that is one; anybody else gets a new trace."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request."""
        if scope["type"] != "http" or scope["method"] in READING:
            await self._app(scope, receive, send)
            return
        is_known = scope["state"]["caller"] is not NOBODY
        received = read_traceparent(Headers(scope=scope).get(HEADER)) if is_known else None
        with begin_trace(scope["method"], received, path=scope["path"]):
            await self._app(scope, receive, send)
