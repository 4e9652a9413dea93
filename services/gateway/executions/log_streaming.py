"""The live log of an execution: first what is stored, then what the runner sends."""

import asyncio
import uuid
from uuid import UUID

from fastapi import APIRouter, WebSocket

from arena.api.live import LogEnded, LogText
from services.gateway.accounts.callers import Organizer
from services.gateway.dependencies import WithBroker, WithChangeNotifier, WithPool
from services.gateway.executions import tables
from services.gateway.executions.lookup import find_execution
from services.gateway.live.websocket import run_feed, send_message
from shared.broker.connection import Broker
from shared.database import Pool
from shared.messages import LogStreamRequested, LogWritten

router = APIRouter(prefix="/api/v1/admin", tags=["executions"])
LOOK_INTERVAL_S = 1.0
ANNOUNCED_FOR_S = 15.0
"""How long a runner sends without being asked again."""
ANNOUNCE_INTERVAL_S = 5.0


@router.websocket("/executions/{execution}/log")
async def stream_log(
    websocket: WebSocket,
    execution: str,
    pool: WithPool,
    broker: WithBroker,
    change_notifier: WithChangeNotifier,
    _: Organizer,
) -> None:
    """Send what the optimizer writes, then how the execution ended, and close.

    For an execution that has ended, the stored log is sent.
    """
    row = await find_execution(pool, execution)
    stream_id = uuid.uuid4()

    async def send_log() -> None:
        with change_notifier.stream_log(stream_id) as written:
            stream = _LogSender(websocket, pool, broker, row.shard_id, row.attempt, written)
            try:
                await stream.run(stream_id)
            finally:
                await stream.announce(stream_id, 0)

    await run_feed(websocket, "log", send_log)


class _LogSender:
    """Sends the text of each study from one source: the stored log, or the live text if that came first."""

    def __init__(
        self,
        websocket: WebSocket,
        pool: Pool,
        broker: Broker,
        shard_id: UUID,
        attempt: int,
        written: "asyncio.Queue[LogWritten]",
    ) -> None:
        self._websocket = websocket
        self._pool = pool
        self._broker = broker
        self._shard_id = shard_id
        self._attempt = attempt
        self._written = written
        self._live: set[int] = set()
        self._recorded: set[int] = set()

    async def run(self, stream_id: UUID) -> None:
        clock = asyncio.get_running_loop().time
        announce_at = clock()
        while True:
            # Read the outcome before the logs, so that everything written before the end is sent before the end.
            outcome = await tables.find_outcome(self._pool, self._shard_id, self._attempt)
            while not self._written.empty():
                await self._send_written(self._written.get_nowait())
            await self._send_recorded()
            if outcome is not None:
                await send_message(self._websocket, LogEnded(outcome=outcome))
                return
            if clock() >= announce_at:
                await self.announce(stream_id, ANNOUNCED_FOR_S)
                announce_at = clock() + ANNOUNCE_INTERVAL_S
            await self._wait_for_text()

    async def announce(self, stream_id: UUID, expires_in_s: float) -> None:
        """Tell the runner that somebody reads this log for the next `expires_in_s` seconds."""
        message = LogStreamRequested(
            stream_id=stream_id, shard_id=self._shard_id, attempt=self._attempt, expires_in_s=expires_in_s
        )
        await self._broker.publish([message])

    async def _wait_for_text(self) -> None:
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
        for study, text in (await tables.list_logs(self._pool, self._shard_id, self._attempt)).items():
            if study not in self._recorded | self._live:
                self._recorded.add(study)
                await self._send(study, text)

    async def _send(self, study: int, text: str) -> None:
        await send_message(self._websocket, LogText(study=study, text=text))
