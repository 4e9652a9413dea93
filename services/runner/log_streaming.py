"""Reading along: what an optimizer writes, sent to those who follow its execution while it runs.

Nothing is read for their sake that would not be read anyway, and without followers nothing is done at all.
"""

import asyncio
import codecs
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from arena.sandbox.running_study import RunningStudy
from arena.words.execution import LOG_CHARS
from arena.words.text import clean_text
from shared.events import wait_for_any
from shared.messages import HeldShard, LogFollowed, LogWritten

GAP_S = 0.5
FOLLOWERS_LIMIT = 8
"""Of one runner; who comes later waits for one to go."""


@dataclass
class _LogStream:
    id: UUID
    held: HeldShard
    until: float
    reading: RunningStudy | None = None
    position: int = 0
    decoder: codecs.IncrementalDecoder = field(default_factory=codecs.getincrementaldecoder("utf-8"))

    def read(self, running: RunningStudy | None) -> LogWritten | None:
        """What is new to this follower; a study it has not seen yet is read from as early as is kept."""
        if running is None or running.held != self.held:
            return None
        if running is not self.reading:
            self.reading, self.position = running, 0
            self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        new = running.writing.stderr_since(self.position)
        self.position = running.writing.stderr_bytes
        text = clean_text(self.decoder.decode(new), LOG_CHARS)
        return LogWritten(follower=self.id, study=running.study, text=text) if text else None


class LogStreams:
    """Each gets what is new every GAP_S seconds and at the end of a study, until its time is over.

    `read` returns the study that an attempt runs now; `send` publishes, and may lose what it cannot.
    """

    def __init__(
        self, read: Callable[[HeldShard], RunningStudy | None], send: Callable[[LogWritten], Awaitable[None]]
    ) -> None:
        self._read = read
        self._send = send
        self._followers: dict[UUID, _LogStream] = {}
        self._somebody = asyncio.Event()

    def hear(self, message: LogFollowed) -> None:
        """Take in a follower, or let it go."""
        now = asyncio.get_running_loop().time()
        held = HeldShard(shard_id=message.shard_id, attempt=message.attempt)
        known = self._followers.get(message.follower)
        if known is not None:
            known.until = now + message.expires_in_s
        elif message.expires_in_s > 0 and len(self._followers) < FOLLOWERS_LIMIT:
            self._followers[message.follower] = _LogStream(message.follower, held, now + message.expires_in_s)
            self._somebody.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send what is new until `stop`."""
        while not stop.is_set():
            await wait_for_any(self._somebody, stop)
            now = asyncio.get_running_loop().time()
            self._followers = {key: each for key, each in self._followers.items() if each.until > now}
            if not self._followers:
                self._somebody.clear()
                continue
            for follower in list(self._followers.values()):
                await self._send_news(follower)
            await wait_for_any(stop, timeout_s=GAP_S)

    async def send_last(self, held: HeldShard) -> None:
        """Send what a study wrote last, before its result makes it known that it has ended."""
        for follower in [each for each in self._followers.values() if each.held == held]:
            await self._send_news(follower)

    async def _send_news(self, follower: _LogStream) -> None:
        news = follower.read(self._read(follower.held))
        if news is not None:
            await self._send(news)
