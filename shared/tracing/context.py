"""Which trace the work in hand belongs to, from the POST of a submission to its row on the leaderboard.

A trace is named by a W3C `traceparent`, `00-TRACE-SPAN-01`. It begins at the request, is kept in the submission's row,
where its work is found again, and crosses in the header of messages. The trace's id is in every log line of its work.
Spans are recorded only if `record_with` was called, see `shared/tracing/spans.py`: this module costs a service nothing.
"""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TypeAlias

import structlog

HEADER = "traceparent"
TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

Attribute: TypeAlias = str | int
StartSpan: TypeAlias = Callable[[str, str | None, Mapping[str, Attribute]], AbstractContextManager[str]]
"""Given a name, the traceparent that it follows from (none begins a trace) and attributes; gives its traceparent."""

_current: ContextVar[str | None] = ContextVar("traceparent", default=None)
_recorders: list[StartSpan] = []


def new_traceparent() -> str:
    """Return the traceparent of a trace that nobody has heard of."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def read_traceparent(sent: object) -> str | None:
    """Return a traceparent that came from elsewhere, or None for anything else.

    The sender does not decide whether the trace is recorded: the last field becomes 01.
    """
    if isinstance(sent, str) and TRACEPARENT.fullmatch(sent):
        return f"{sent[:-2]}01"
    return None


def current_traceparent() -> str | None:
    """Return the traceparent of the work in hand, or None."""
    return _current.get()


def trace_field(traceparent: str | None) -> dict[str, str]:
    """Return the field of a log line that names the trace; empty without one."""
    return {} if traceparent is None else {"trace": traceparent.split("-")[1]}


@contextmanager
def record_with(start: StartSpan) -> Iterator[None]:
    """Record spans with this in the block."""
    _recorders.append(start)
    try:
        yield
    finally:
        _recorders.remove(start)


@contextmanager
def begin_trace(name: str, received: str | None, **attributes: Attribute) -> Iterator[None]:
    """Begin a trace, or go on with the one that was received: it is that of what is logged and sent in the block."""
    started = _recorders[-1](name, received, attributes) if _recorders else nullcontext(received or new_traceparent())
    with started as traceparent, _made_current(traceparent):
        yield


@contextmanager
def record_span(name: str, parent: str | None, **attributes: Attribute) -> Iterator[str | None]:
    """Record the block as a span that follows from `parent`; gives the parent of what follows from it."""
    if parent is None or not _recorders:
        yield parent
        return
    with _recorders[-1](name, parent, attributes) as traceparent:
        yield traceparent


@contextmanager
def follow_trace(name: str, parent: str | None, **attributes: Attribute) -> Iterator[None]:
    """Record the block as a span, and let all that is logged and sent in it belong to the trace of `parent`."""
    if not _recorders and parent == _current.get():
        yield
        return
    with record_span(name, parent, **attributes) as traceparent, _made_current(traceparent):
        yield


@contextmanager
def _made_current(traceparent: str | None) -> Iterator[None]:
    before = _current.set(traceparent)
    try:
        with structlog.contextvars.bound_contextvars(**trace_field(traceparent)):
            yield
    finally:
        _current.reset(before)
