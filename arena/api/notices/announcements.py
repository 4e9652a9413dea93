"""Announcements of organizers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from arena.api.body import Body, Page, example, example_of
from arena.words.names import ONE_LINE_PATTERN

ANNOUNCEMENT_CHARS = 20_000
NO_NUL = r"^[^\x00]*$"
Title = Annotated[
    str,
    StringConstraints(min_length=1, max_length=120, pattern=ONE_LINE_PATTERN),
]
"""Any text on one line."""


class NewAnnouncement(Body):
    """An announcement to make, in Markdown."""

    model_config = example(title="One week to go", text="The phase closes on **Friday**.")
    title: Title
    text: Annotated[str, StringConstraints(min_length=1, max_length=ANNOUNCEMENT_CHARS, pattern=NO_NUL)]


class Announcement(Body):
    """An announcement, in Markdown."""

    model_config = example(
        id="4e9f1a52-8d1c-4b6e-9a53-6f4f0a3f9f10",
        title="One week to go",
        text="The phase closes on **Friday**.",
        created_at="2026-07-24T12:00:00Z",
    )
    id: UUID
    title: str
    text: str
    created_at: datetime


class AnnouncementPage(Page):
    """Announcements of a competition, the newest first."""

    model_config = example(announcements=[example_of(Announcement)], next=None)
    announcements: list[Announcement]


class WithdrawnAnnouncement(Body):
    """The announcement that is gone from the site."""

    model_config = example(id="4e9f1a52-8d1c-4b6e-9a53-6f4f0a3f9f10")
    id: UUID
