"""Finds a phase, and says what is not there or not allowed: a phase, a black box, an environment, a submission now."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol

from arena.words.environments import environment_name
from arena.words.problems import ProblemCode
from arena.words.text import clean_line, say_time
from services.gateway.competitions import tables
from services.gateway.competitions.tables import PhaseRow
from services.gateway.problems import Problem
from shared.database import Pool

NAME_CHARS_SHOWN = 100


class Times(Protocol):
    """When a phase is open."""

    @property
    def name(self) -> str: ...
    @property
    def is_open(self) -> bool: ...
    @property
    def opens_at(self) -> datetime | None: ...
    @property
    def closes_at(self) -> datetime | None: ...


async def find_phase(pool: Pool, slug: str, name: str) -> PhaseRow:
    """Return a phase that teams submit to. Raises Problem 404 if there is none."""
    row = await tables.find_phase(pool, slug, name)
    if row is None:
        raise no_phase(slug, name)
    return row


def no_boxes(slug: str, labels: Iterable[str]) -> Problem:
    """Return the 422 of a request that names black boxes which the competition does not have."""
    unknown = sorted(labels)
    return Problem(
        ProblemCode.UNKNOWN_BLACK_BOX, f"Competition {slug} has no black boxes {', '.join(unknown)}.", boxes=unknown
    )


def no_phase(slug: str, name: str) -> Problem:
    """Return the 404 of a name that no phase has."""
    return Problem(ProblemCode.NO_SUCH_PHASE, f"There is no phase {name!r} in a competition {slug!r}.")


def check_open(phase: Times) -> None:
    """Raise Problem 409 unless the phase is open."""
    if not phase.is_open:
        raise Problem(
            ProblemCode.PHASE_CLOSED,
            f"Phase {say_closed(phase)}; it takes no submission or selection now.",
            opens_at=phase.opens_at and phase.opens_at.isoformat(),
            closes_at=phase.closes_at and phase.closes_at.isoformat(),
        )


def choose_environment(phase: PhaseRow, wanted: str | None) -> str:
    """Return the entry of a phase's environments that has the wanted name; the first of them if none is wanted.

    Raises Problem 422.
    """
    if wanted is None:
        return phase.environments[0]
    for entry in phase.environments:
        if wanted in {entry, environment_name(entry)}:
            return entry
    raise Problem(
        ProblemCode.UNKNOWN_ENVIRONMENT,
        f"Expected an environment that phase {phase.name} allows ({', '.join(phase.environment_names)}), got "
        f"{clean_line(wanted, NAME_CHARS_SHOWN)!r}; name another in the zip's arena.toml or with the upload.",
        environments=phase.environments,
    )


def say_closed(phase: Times) -> str:
    """Return that a phase is closed, and since or until when."""
    since, until = phase.closes_at, phase.opens_at
    if until is not None and (since is None or until > datetime.now(UTC)):
        return f"{phase.name} is closed until {say_time(until)}"
    return f"{phase.name} is closed" + (f" since {say_time(since)}" if since else "")
