"""The live log of a submission, or of one of its executions: first what is stored, then what the runners send."""

import asyncio
import uuid
from contextlib import ExitStack
from typing import NamedTuple
from uuid import UUID

from fastapi import APIRouter, WebSocket

from arena.api.live import LogEnded, LogText
from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Member
from services.gateway.dependencies import WithBroker, WithChangeNotifier, WithPool
from services.gateway.executions import tables
from services.gateway.executions.lookup import find_execution
from services.gateway.executions.tables import LogSource, WritingAttempt
from services.gateway.live.change_notifier import ChangeNotifier
from services.gateway.live.websocket import run_feed, send_message
from services.gateway.problems import Problem
from services.gateway.submissions.lookup import find_readable_logs
from shared.broker.connection import Broker
from shared.database import Pool
from shared.messages import LogStreamRequested, LogWritten

router = APIRouter(prefix="/api/v1", tags=["live"])
LOOK_INTERVAL_S = 1.0
ANNOUNCED_FOR_S = 15.0
"""How long a runner sends without being asked again."""
ANNOUNCE_INTERVAL_S = 5.0
STREAMED_AT_ONCE = 4
"""Attempts of one feed. Of others the log comes when their study has ended."""
MESSAGES_KEPT = 100


@router.websocket("/submissions/{submission_id}/logs/live")
async def stream_log(
    websocket: WebSocket,
    submission_id: UUID,
    pool: WithPool,
    broker: WithBroker,
    changes: WithChangeNotifier,
    caller: Member,
    execution: str | None = None,
) -> None:
    """Send what the optimizer writes, in all studies or in those of one execution; then how it ended, and close.

    Of what has ended the stored log is sent. The rule is that of stored logs: a team reads its own on a practice phase.
    """
    await find_readable_logs(pool, submission_id, caller)
    source = LogSource(submission_id)
    if execution is not None:
        row = await find_execution(pool, execution)
        if row.submission_id != submission_id:
            raise Problem(ProblemCode.NO_SUCH_EXECUTION, f"Submission {submission_id} has no execution {execution}.")
        source = LogSource(submission_id, row.shard_id, row.attempt)

    async def send_log() -> None:
        with ExitStack() as streams:
            sender = _LogSender(websocket, pool, broker, changes, streams, source)
            try:
                await sender.run()
            finally:
                await sender.end_streams()

    await run_feed(websocket, "log", send_log)


class _Study(NamedTuple):
    shard_id: UUID
    attempt: int
    study: int


class _LogSender:
    """Sends the text of each study from one source: the stored log, or the live text if that came first."""

    def __init__(
        self,
        websocket: WebSocket,
        pool: Pool,
        broker: Broker,
        changes: ChangeNotifier,
        opened: ExitStack,
        source: LogSource,
    ) -> None:
        self._websocket = websocket
        self._pool = pool
        self._broker = broker
        self._changes = changes
        self._opened = opened
        self._source = source
        self._written: asyncio.Queue[LogWritten] = asyncio.Queue(MESSAGES_KEPT)
        self._streams: dict[WritingAttempt, UUID] = {}
        self._attempts: dict[UUID, WritingAttempt] = {}
        self._live: set[_Study] = set()
        self._recorded: set[_Study] = set()

    async def run(self) -> None:
        """Send everything up to the end."""
        clock = asyncio.get_running_loop().time
        announce_at = clock()
        while True:
            # Read the end before the logs, so that everything written before the end is sent before the end.
            end = await tables.find_end(self._pool, self._source)
            while not self._written.empty():
                await self._send_written(self._written.get_nowait())
            await self._send_recorded()
            if end is not None:
                await send_message(self._websocket, LogEnded(outcome=end))
                return
            if await self._open_streams() or clock() >= announce_at:
                await self._announce(ANNOUNCED_FOR_S)
                announce_at = clock() + ANNOUNCE_INTERVAL_S
            await self._forward_text()

    async def end_streams(self) -> None:
        """Tell the runners that nobody reads any more."""
        await self._announce(0)

    async def _open_streams(self) -> bool:
        """Have a stream for each attempt that writes now; returns whether there is a new one."""
        writing = await tables.list_writing(self._pool, self._source, STREAMED_AT_ONCE)
        new = [attempt for attempt in writing if attempt not in self._streams]
        self._streams = {attempt: self._streams.get(attempt) or uuid.uuid4() for attempt in writing}
        for attempt in new:
            stream_id = self._streams[attempt]
            self._attempts[stream_id] = attempt
            self._opened.enter_context(self._changes.stream_log(stream_id, self._written))
        return bool(new)

    async def _announce(self, expires_in_s: float) -> None:
        """Tell the runners that somebody reads these logs for the next `expires_in_s` seconds."""
        await self._broker.publish(
            [
                LogStreamRequested(
                    stream_id=stream_id, shard_id=each.shard_id, attempt=each.attempt, expires_in_s=expires_in_s
                )
                for each, stream_id in self._streams.items()
            ]
        )

    async def _forward_text(self) -> None:
        """Send what comes until it is time to look again."""
        clock = asyncio.get_running_loop().time
        until = clock() + LOOK_INTERVAL_S
        while (left_s := until - clock()) > 0:
            try:
                async with asyncio.timeout(left_s):
                    message = await self._written.get()
            except TimeoutError:
                return
            await self._send_written(message)

    async def _send_written(self, message: LogWritten) -> None:
        attempt = self._attempts[message.stream_id]
        study = _Study(attempt.shard_id, attempt.attempt, message.study)
        if study not in self._recorded:
            self._live.add(study)
            await self._send(attempt.box, study, message.text)

    async def _send_recorded(self) -> None:
        for stored in await tables.list_stored_logs(self._pool, self._source):
            study = _Study(stored.shard_id, stored.attempt, stored.study)
            if study not in self._recorded | self._live:
                self._recorded.add(study)
                await self._send(stored.box, study, await tables.read_log(self._pool, *study))

    async def _send(self, box: str, study: _Study, text: str) -> None:
        await send_message(self._websocket, LogText(box=box, study=study.study, attempt=study.attempt, text=text))
