"""The API's description changes with a note alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.gateway.openapi import NOTES, STORED, read_notes, write_document

DOCUMENT: dict[str, Any] = {"info": {"title": "Arena", "version": "1"}, "paths": {}}
CHANGED: dict[str, Any] = DOCUMENT | {"paths": {"/api/v1/new": {}}}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A source tree that has DOCUMENT, with its note."""
    (tmp_path / STORED).parent.mkdir(parents=True)
    write_document(tmp_path, DOCUMENT, "the first")
    return tmp_path


def test_an_unchanged_description_needs_no_note(root: Path) -> None:
    write_document(root, DOCUMENT, "")
    assert [each["note"] for each in read_notes(root)] == ["the first"]


def test_a_changed_description_is_not_written_without_a_note(root: Path) -> None:
    with pytest.raises(ValueError, match="--note"):
        write_document(root, CHANGED, "")
    assert json.loads((root / STORED).read_text())["paths"] == {}


def test_a_changed_description_gets_the_next_version_with_its_note(root: Path) -> None:
    write_document(root, CHANGED, "a new route")
    assert [(each["version"], each["note"]) for each in read_notes(root)] == [
        ("1.0", "the first"),
        ("1.1", "a new route"),
    ]
    assert json.loads((root / STORED).read_text()) == CHANGED | {"info": DOCUMENT["info"] | {NOTES: read_notes(root)}}


def test_the_same_note_again_is_the_same_change(root: Path) -> None:
    write_document(root, CHANGED, "a new route")
    write_document(root, DOCUMENT | {"paths": {"/api/v1/newer": {}}}, "a new route")
    assert [each["version"] for each in read_notes(root)] == ["1.0", "1.1"]
