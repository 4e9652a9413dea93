"""The folder of an archive while it is made: files, and what cannot be trusted if one of them changes."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from arena.archive.manifest import ArchivedFile, describe_file


class ArchiveFolder:
    """Writes files below a folder, and remembers what each of them touches."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[ArchivedFile] = []

    def place(self, path: str) -> Path:
        """Return where a file is to be written."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def wrote(self, path: str, touches: str) -> None:
        """Remember a file that was written."""
        self.files.append(describe_file(self.folder, path, touches))

    def text(self, path: str, text: str, touches: str) -> None:
        """Write a text."""
        self.place(path).write_text(text, encoding="utf-8")
        self.wrote(path, touches)

    def json(self, path: str, body: Any, touches: str) -> None:
        """Write an object as JSON."""
        self.text(path, json.dumps(body, indent=1) + "\n", touches)


def scores_of(phases: Iterable[str]) -> str:
    """Return how what touches all scores of these phases says so."""
    named = sorted(set(phases))
    return f"every score of {' and of '.join(named)}" if named else "no score"
