"""Pages travel compressed: a leaderboard is mostly names and numbers that are alike."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway.website.rendering import ASSETS_ADDRESS, NOT_PAGES

SMALLEST_BYTES = 1000
LEVEL = 5
"""A higher one takes longer to save little."""


class Packed:
    """Compresses pages and what they load, and nothing else.

    Not the API: its exports are streams that should not wait in a buffer, and some answers hold a new token, whose
    size beside text of the asker's choosing would give it away (BREACH). Pages hold no secrets.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._packing = GZipMiddleware(app, minimum_size=SMALLEST_BYTES, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request or WebSocket."""
        app = self._packing if scope["type"] == "http" and _is_of_a_page(scope["path"]) else self._app
        await app(scope, receive, send)


def _is_of_a_page(path: str) -> bool:
    # The API's description loads a megabyte; to compress it would hold up whoever else is asking.
    return path.startswith(ASSETS_ADDRESS) or not path.startswith((*NOT_PAGES, "/docs/"))
