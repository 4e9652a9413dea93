"""Those who watch live feeds: they note every message, and come back with the last number that they have seen."""

import asyncio
import itertools
import json
from collections.abc import Sequence
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from tests.chaos.history import History
from tests.chaos.load import SLUG

AGAIN_S = 0.3
UNAVAILABLE = 503


class Watcher:
    """Follows one feed from one gateway to the other; `rows` is the leaderboard as it has put it together."""

    def __init__(self, name: str, path: str, gateways: Sequence[str], token: str | None, history: History) -> None:
        self.name = name
        self.rows: dict[str, Any] = {}
        self._path = path
        self._gateways = gateways
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._history = history
        self._seen: int | None = None

    async def watch(self, stop: asyncio.Event) -> None:
        """Follow the feed until it ends or `stop`."""
        stopping = asyncio.create_task(stop.wait())
        for gateway in itertools.cycle(self._gateways):
            following = asyncio.create_task(self._follow(gateway))
            await asyncio.wait([following, stopping], return_when=asyncio.FIRST_COMPLETED)
            if not following.done():
                following.cancel()
                return
            if following.result() or stop.is_set():
                stopping.cancel()
                return
            await asyncio.sleep(AGAIN_S)

    async def _follow(self, gateway: str) -> bool:
        """Note what comes until the connection ends; returns whether the feed is over."""
        since = "" if self._seen is None else f"?since={self._seen}"
        try:
            async with connect(
                f"ws{gateway.removeprefix('http')}{self._path}{since}", additional_headers=self._headers, max_size=None
            ) as socket:
                async for text in socket:
                    self._take(json.loads(text))
                return socket.close_code == 1000
        except InvalidStatus as error:
            if error.response.status_code != UNAVAILABLE:
                self._history.record("feed refused", watcher=self.name, status=error.response.status_code)
        except (ConnectionClosed, InvalidHandshake, OSError, TimeoutError, EOFError):
            pass  # it comes again
        return False

    def _take(self, message: dict[str, Any]) -> None:
        self._history.record("message", watcher=self.name, since=self._seen, message=message)
        self._seen = message["change"]
        if "rows" in message:
            kept = {} if message["type"] == "snapshot" else self.rows
            removed = message.get("removed", [])
            self.rows = {team: row for team, row in kept.items() if team not in removed}
            self.rows |= {row["team"]: row for row in message["rows"]}


def leaderboard_watcher(name: str, gateways: Sequence[str], history: History) -> Watcher:
    """Return one of the public, who watches the leaderboard."""
    return Watcher(name, f"/api/v1/competitions/{SLUG}/live", gateways, None, history)


def submission_watcher(submission: str, gateways: Sequence[str], token: str, history: History) -> Watcher:
    """Return the team's own, who watches a submission; it is named after that."""
    return Watcher(submission, f"/api/v1/submissions/{submission}/live", gateways, token, history)
