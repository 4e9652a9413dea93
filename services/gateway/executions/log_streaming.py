"""The log of an execution to read along: what is on record, then what the runner sends while somebody follows."""

import asyncio
import uuid
from uuid import UUID

from fastapi import APIRouter, WebSocket

from arena.api.live import LogEnded, LogText
from services.gateway.accounts.callers import Organizer
from services.gateway.dependencies import Parts, WithParts
from services.gateway.executions.routes import find_execution
from services.gateway.live.websocket import run_feed, send_message
from services.gateway.tables import queries
from shared.messages import LogFollowed, LogWritten

router = APIRouter(prefix="/api/v1/admin", tags=["executions"])
LOOK_INTERVAL_S = 1.0
ANNOUNCED_FOR_S = 15.0
"""How long a runner sends without being asked again."""
ANNOUNCE_INTERVAL_S = 5.0


@router.websocket("/executions/{execution}/log")
async def follow_log(websocket: WebSocket, execution: str, parts: WithParts, _: Organizer) -> None:
    """Send `{"type": "log", "study", "text"}` as an optimizer writes, then `{"type": "ended", "outcome"}`, and close.

    An execution that has ended sends what is on record of it.
    """
    row = await find_execution(parts, execution)
    follower = uuid.uuid4()

    async def send_log() -> None:
        with parts.hub.follow_log(follower) as written:
            try:
                await _Reader(websocket, parts, row["shard_id"], row["attempt"], written).run(follower)
            finally:
                await parts.broker.publish([_followed(follower, row["shard_id"], row["attempt"], 0)])

    await run_feed(websocket, "log", send_log)


def _followed(follower: UUID, shard_id: UUID, attempt: int, expires_in_s: float) -> LogFollowed:
    return LogFollowed(follower=follower, shard_id=shard_id, attempt=attempt, expires_in_s=expires_in_s)


class _Reader:
    """Sends the text of each study from one source: from the record, or as it is written if that came first."""

    def __init__(
        self, websocket: WebSocket, parts: Parts, shard_id: UUID, attempt: int, written: "asyncio.Queue[LogWritten]"
    ) -> None:
        self._websocket = websocket
        self._parts = parts
        self._shard_id = shard_id
        self._attempt = attempt
        self._written = written
        self._live: set[int] = set()
        self._recorded: set[int] = set()

    async def run(self, follower: UUID) -> None:
        clock = asyncio.get_running_loop().time
        announce_at = clock()
        while True:
            outcome: str | None = await queries.has_ended(
                self._parts.pool, shard_id=self._shard_id, attempt=self._attempt
            )
            while not self._written.empty():
                await self._send_written(self._written.get_nowait())
            await self._send_recorded()
            if outcome is not None:
                await send_message(self._websocket, LogEnded(outcome=outcome))
                return
            if clock() >= announce_at:
                await self._parts.broker.publish([_followed(follower, self._shard_id, self._attempt, ANNOUNCED_FOR_S)])
                announce_at = clock() + ANNOUNCE_INTERVAL_S
            await self._wait_for_news()

    async def _wait_for_news(self) -> None:
        try:
            async with asyncio.timeout(LOOK_INTERVAL_S):
                message = await self._written.get()
        except TimeoutError:
            return
        await self._send_written(message)

    async def _send_written(self, message: LogWritten) -> None:
        if message.study not in self._recorded:
            self._live.add(message.study)
            await self._send(message.study, message.text)

    async def _send_recorded(self) -> None:
        async for row in queries.logs_of_execution(self._parts.pool, shard_id=self._shard_id, attempt=self._attempt):
            if row["study"] not in self._recorded | self._live:
                self._recorded.add(row["study"])
                await self._send(row["study"], row["log"])

    async def _send(self, study: int, text: str) -> None:
        await send_message(self._websocket, LogText(study=study, text=text))
