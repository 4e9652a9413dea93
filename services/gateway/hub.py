"""Which phases have changed: heard from the broker, and looked up in the tables in case nothing is heard."""

import asyncio
import uuid
from collections.abc import Sequence
from uuid import UUID

from shared.broker import Broker
from shared.messages import PhaseChanged
from shared.waits import wait_for_any

POLL_S = 1.0
"""How long a subscriber waits for an announcement before it looks for itself."""


class Hub:
    """Wakes whoever waits for a phase. An announcement only says "look"; losing one costs a poll's time."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._events: dict[UUID, asyncio.Event] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Listen to the broker until `stop`."""
        await self._broker.listen(f"arena.gateway.{uuid.uuid4().hex}", (PhaseChanged,), self._on_changes, stop)

    async def _on_changes(self, messages: Sequence[PhaseChanged]) -> None:
        for phase_id in {message.phase_id for message in messages}:
            event = self._events.pop(phase_id, None)
            if event is not None:
                event.set()

    async def wait_for_change(self, phase_id: UUID) -> None:
        """Return at the next announcement of this phase, or after POLL_S seconds."""
        event = self._events.setdefault(phase_id, asyncio.Event())
        await wait_for_any(event, timeout_s=POLL_S)
