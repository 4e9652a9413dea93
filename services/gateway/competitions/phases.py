"""Finds a phase by its name, and says that a phase or a black box is not there."""

from collections.abc import Iterable

from arena.words.problems import ProblemCode
from services.gateway.competitions import tables
from services.gateway.competitions.tables import PhaseRow
from services.gateway.problems import Problem
from shared.database import Pool


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
