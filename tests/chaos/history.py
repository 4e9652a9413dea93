"""What happened in a run: every answer that a client got, every message of a feed, and every fault."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class History:
    """Events in the order in which they were seen, in a file of JSON lines and in memory."""

    def __init__(self, file: Path) -> None:
        self._began = time.monotonic()
        self._file = file.open("a")
        self.events: list[dict[str, Any]] = []

    def record(self, what: str, **told: Any) -> None:
        """Note an event."""
        event = {"at_s": round(time.monotonic() - self._began, 3), "what": what, **told}
        self.events.append(event)
        self._file.write(json.dumps(event, default=str) + "\n")
        self._file.flush()

    def of(self, what: str) -> Iterator[dict[str, Any]]:
        """Yield the events of one kind."""
        return (event for event in self.events if event["what"] == what)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
