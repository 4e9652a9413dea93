"""Lists in pages: a cursor holds the sort key of the last row shown, and is opaque to clients."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, Field, TypeAdapter, ValidationError
from pydantic_core import to_json

from arena.words.problems import ProblemCode
from services.gateway.problems import Problem

PAGE_SIZE, PAGE_SIZE_LIMIT = 100, 1000
CURSOR_CHARS = 600
ESCAPED_NUL = b"\\u0000"

KeyT = TypeVar("KeyT")
RowT = TypeVar("RowT")
Key = str | int | datetime | UUID | None
PageLimit = Annotated[int, Query(ge=1, le=PAGE_SIZE_LIMIT, description="The largest number of rows in a page.")]
Cursor = Annotated[str | None, Query(max_length=CURSOR_CHARS, description="`next` of the previous page.")]


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("expected a time that is within the years 1 to 9999 in UTC") from error


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A time that Postgres takes."""
Number = Annotated[int, Field(ge=0, lt=2**31)]
"""A number that Postgres takes as an integer."""


def encode_cursor(*key: Key) -> str:
    """Return the cursor of the page after the row with this sort key."""
    return base64.urlsafe_b64encode(to_json(key)).decode().rstrip("=")


def decode_cursor(cursor: str, key: type[KeyT]) -> KeyT:
    """Return the sort key in a cursor, of the tuple type `key`. Raises Problem 422 for any other text."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        if ESCAPED_NUL in text:  # Postgres refuses text with a NUL in it
            raise ValueError("no cursor has a NUL")
        return TypeAdapter(key).validate_json(text)
    except (binascii.Error, ValidationError, ValueError) as error:
        raise Problem(
            ProblemCode.INVALID_CURSOR, f"Expected a cursor from `next` of the previous page, got {cursor[:80]!r}."
        ) from error


def split_page(
    rows: Sequence[RowT], limit: int, key: Callable[[RowT], tuple[Key, ...]]
) -> tuple[Sequence[RowT], str | None]:
    """Return the rows of a page and the cursor of the next one.

    `rows` has one more than `limit` if there is a next page.
    """
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], encode_cursor(*key(rows[limit - 1]))
