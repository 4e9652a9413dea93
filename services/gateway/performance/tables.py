"""The curves of submissions in Postgres."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from uuid import UUID

from shared.database import Pool, fetch_one, load_queries

queries = load_queries(files("services.gateway.performance") / "queries.sql")


@dataclass(frozen=True)
class CurveRow:
    """The best rescaled losses so far of a submission's studies, after each iteration.

    `curves` are by black box and study, as many studies of each box.
    """

    n_suggestions: int
    n_calls: int
    boxes: int
    curves: list[Any]


async def find_curves(pool: Pool, submission_id: UUID) -> CurveRow | None:
    """Return the curves of a scored submission; None if it is gone, or from before curves were kept."""
    return await fetch_one(CurveRow, queries.curves(pool, submission_id=submission_id))
