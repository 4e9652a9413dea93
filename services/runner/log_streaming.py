"""Log streaming: what an optimizer writes, sent to those who asked for it, while its study runs.

Nothing is read for their sake that would not be read anyway, and while nobody asks nothing is done at all.
"""

import asyncio
import codecs
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from arena.sandbox.study import RunningStudy
from arena.words.execution import LOG_CHARS
from arena.words.text import clean_text
from services.runner.study_messages import execution_name
from shared.events import wait_for_any
from shared.messages import HeldShard, LogStreamRequested, LogWritten

GAP_S = 0.5
STREAMS_LIMIT = 64
"""Known to one runner, most of them of other runners' attempts; whoever comes later waits until one ends."""


@dataclass
class _LogStream:
    id: UUID
    held: HeldShard
    until: float
    reading: RunningStudy | None = None
    position: int = 0
    decoder: codecs.IncrementalDecoder = field(default_factory=codecs.getincrementaldecoder("utf-8"))

    def read(self, running: RunningStudy | None) -> LogWritten | None:
        """What was not sent yet. A study that is new to this stream is read from the earliest text that is kept."""
        if running is None or running.spec.execution != execution_name(self.held):
            return None
        if running is not self.reading:
            self.reading, self.position = running, 0
            self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        new = running.writing.stderr_since(self.position)
        missed_bytes = running.writing.stderr_bytes - self.position - len(new)
        self.position = running.writing.stderr_bytes
        mark = f"[{missed_bytes:,} bytes that came too fast are left out here.]\n" if missed_bytes else ""
        text = mark + clean_text(self.decoder.decode(new), LOG_CHARS - len(mark))
        return LogWritten(stream_id=self.id, study=running.spec.study, text=text) if text else None


class LogStreams:
    """Each gets what is new every GAP_S seconds and at the end of a study, until its time is over.

    `read` returns the study that an attempt runs now; `send` publishes, and may lose what it cannot.
    """

    def __init__(
        self, read: Callable[[HeldShard], RunningStudy | None], send: Callable[[LogWritten], Awaitable[None]]
    ) -> None:
        self._read = read
        self._send = send
        self._streams: dict[UUID, _LogStream] = {}
        self._wanted = asyncio.Event()

    def request(self, message: LogStreamRequested) -> None:
        """Begin a stream, prolong it, or end it."""
        now = asyncio.get_running_loop().time()
        held = HeldShard(shard_id=message.shard_id, attempt=message.attempt)
        known = self._streams.get(message.stream_id)
        if known is not None:
            known.until = now + message.expires_in_s
        elif message.expires_in_s > 0 and len(self._streams) < STREAMS_LIMIT:
            self._streams[message.stream_id] = _LogStream(message.stream_id, held, now + message.expires_in_s)
            self._wanted.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send what is new until `stop`."""
        while not stop.is_set():
            await wait_for_any(self._wanted, stop)
            now = asyncio.get_running_loop().time()
            self._streams = {key: each for key, each in self._streams.items() if each.until > now}
            if not self._streams:
                self._wanted.clear()
                continue
            for stream in list(self._streams.values()):
                await self._send_news(stream)
            await wait_for_any(stop, timeout_s=GAP_S)

    async def send_last(self, held: HeldShard) -> None:
        """Send what a study wrote last, before its result makes it known that it has ended."""
        for stream in [each for each in self._streams.values() if each.held == held]:
            await self._send_news(stream)

    async def _send_news(self, stream: _LogStream) -> None:
        news = stream.read(self._read(stream.held))
        if news is not None:
            await self._send(news)
