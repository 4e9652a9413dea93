"""Listens to the broker: which phases have changed, and the text of logs that are being streamed."""

import asyncio
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from shared.broker.connection import Broker
from shared.messages import LogWritten, PhaseChanged

POLL_S = 1.0
"""How many seconds a subscriber waits for an announcement before it reads the tables anyway: one may be lost."""


class ChangeAnnouncement(asyncio.Event):
    """Set when a change of a phase is announced; `traceparent` is then that of what changed it, if anybody said so."""

    traceparent: str | None = None


class ChangeNotifier:
    """Wakes those who wait for a phase to change. An announcement carries no data, so losing one only delays them."""

    def __init__(self) -> None:
        self.own_changes = 0
        """How often this process has itself changed something."""
        self._events: dict[UUID, ChangeAnnouncement] = {}
        self._logs: dict[UUID, asyncio.Queue[LogWritten]] = {}

    async def run(self, broker: Broker, stop: asyncio.Event) -> None:
        """Listen to the broker until `stop`."""
        name = f"arena.gateway.{uuid.uuid4().hex}"
        await broker.listen(name, (PhaseChanged, LogWritten), self._on_announcements, stop)

    async def _on_announcements(self, messages: Sequence[PhaseChanged | LogWritten]) -> None:
        for phase_id, last in {each.phase_id: each for each in messages if isinstance(each, PhaseChanged)}.items():
            self._announce(phase_id, last.traceparent)
        for message in messages:
            if isinstance(message, LogWritten) and (written := self._logs.get(message.stream_id)) is not None:
                if written.full():
                    written.get_nowait()  # a reader that is too slow misses the oldest
                written.put_nowait(message)

    def announce_all(self) -> None:
        """Wake everybody, since this process has changed something itself: whoever asks it next gets that."""
        self.own_changes += 1
        for phase_id in list(self._events):
            self._announce(phase_id, None)

    def _announce(self, phase_id: UUID, traceparent: str | None) -> None:
        event = self._events.pop(phase_id, None)
        if event is not None:
            event.traceparent = traceparent
            event.set()

    @contextmanager
    def stream_log(self, stream_id: UUID, written: "asyncio.Queue[LogWritten]") -> Iterator[None]:
        """Put the text of this stream into a queue, which may be that of several streams."""
        self._logs[stream_id] = written
        try:
            yield
        finally:
            del self._logs[stream_id]

    def announcement(self, phase_id: UUID) -> ChangeAnnouncement:
        """Return an event that is set at the phase's next announcement. To miss none, get it before reading the tables.

        Wait for it for POLL_S seconds at most.
        """
        return self._events.setdefault(phase_id, ChangeAnnouncement())
