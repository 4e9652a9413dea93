"""A started container, and the conversation with it."""

import json
from dataclasses import dataclass, field
from typing import Any

from arena.sandbox.container_config import ContainerConfig
from arena.sandbox.engine.stream import ContainerStream, Payload
from arena.sandbox.protocol import ANSWER_LIMIT_BYTES, Answer, parse_answer

BLACKBOX_LINE_LIMIT_BYTES = 64 * 1024**2


@dataclass(eq=False)
class Container:
    """A started container of the image with this id, with its attached streams."""

    id: str
    image_id: str
    config: ContainerConfig
    stream: ContainerStream
    _last_request: int = field(default=0)

    async def request(self, message: dict[str, Any], payload: Payload = b"") -> Answer:
        """Ask the harness and wait for its answer. Raises `StreamEnded`, `StreamFlooded`, `BrokenAnswer`."""
        self._last_request += 1
        await self.stream.send({"id": self._last_request, **message}, payload)
        return parse_answer(await self.stream.receive_line(ANSWER_LIMIT_BYTES), self._last_request)

    async def receive(self) -> dict[str, Any]:
        """Wait for the next message of a trusted container. Raises `StreamEnded`, `StreamFlooded`."""
        message: dict[str, Any] = json.loads(await self.stream.receive_line(BLACKBOX_LINE_LIMIT_BYTES))
        return message
