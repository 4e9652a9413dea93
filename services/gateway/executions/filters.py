"""A filter that names what does not exist is refused with the names that do, instead of finding nothing."""

from collections.abc import Iterator, Sequence

from arena.api.problems import InvalidField
from services.gateway.executions import tables
from services.gateway.executions.tables import ExecutionFilters, FilterNameRow
from services.gateway.problems import invalid_request
from shared.database import Pool

NAMES_SHOWN = 20


async def check_names(pool: Pool, filters: ExecutionFilters) -> None:
    """Raise Problem 422 if a filter names what does not exist."""
    if unknown := list(find_unknown(filters, await tables.list_filter_names(pool, filters))):
        raise invalid_request(*unknown)


def find_unknown(filters: ExecutionFilters, rows: Sequence[FilterNameRow]) -> Iterator[InvalidField]:
    """Yield the filters whose name is not among those of their kind. Without its competition nothing else is known."""
    for kind, wanted in (
        ("competition", filters.competition),
        ("phase", filters.phase),
        ("team", filters.team),
        ("submission", filters.submission_id and str(filters.submission_id)),
        ("box", filters.box),
        ("runner", filters.runner),
    ):
        found = [row for row in rows if row.kind == kind]
        if wanted is None or any(row.name == wanted for row in found):
            continue
        known = list(dict.fromkeys(row.name for row in found if row.is_shown))
        more = f" and {len(known) - NAMES_SHOWN} more" if len(known) > NAMES_SHOWN else ""
        listed = f"one of {', '.join(known[:NAMES_SHOWN])}{more}" if known else f"a {kind} that exists"
        yield InvalidField(where=f"query.{kind}", what=f"Expected {listed}; got {wanted!r}.")
        if kind == "competition":
            return
