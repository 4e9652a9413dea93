"""A file that holds one JSON object."""

import json
from pathlib import Path
from typing import Any

from arena.failure import Failure


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file."""
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Failure(f"Expected JSON in {path}, it cannot be read: {error}.") from error
    return found
