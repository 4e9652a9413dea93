"""Compresses pages: a leaderboard is mostly similar names and numbers."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway.website.rendering import ASSETS_ADDRESS, NOT_PAGES

SMALLEST_BYTES = 1000
CHARTS = ("/days", "/boxes")
LEVEL = 5
"""A higher level takes longer and saves little."""


class Packed:
    """Compresses pages and what they load, and nothing else.

    Not the API: its exports are streams that should not wait in a buffer, and some of its answers hold a new token. The
    compressed size of a secret next to text that an attacker chooses reveals the secret (BREACH). Pages hold none, nor
    do the numbers of their charts.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._packing = GZipMiddleware(app, minimum_size=SMALLEST_BYTES, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request or WebSocket."""
        app = self._packing if scope["type"] == "http" and _is_of_a_page(scope["path"]) else self._app
        await app(scope, receive, send)


def _is_of_a_page(path: str) -> bool:
    # The API's description loads a megabyte; compressing it would delay all other requests.
    if path.startswith("/api/v1/competitions/") and path.endswith(CHARTS):
        return True
    return path.startswith(ASSETS_ADDRESS) or not path.startswith((*NOT_PAGES, "/docs/"))
