"""Finds an execution by its name, `SHARD_ID:ATTEMPT`."""

import re
from uuid import UUID

from arena.words.problems import ProblemCode
from services.gateway.executions import tables
from services.gateway.executions.tables import RecordedExecutionRow
from services.gateway.problems import Problem
from shared.database import Pool

NAME = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([1-9][0-9]{0,8})", re.ASCII)
NAME_CHARS_SHOWN = 100


def parse_name(name: str) -> tuple[UUID, int]:
    """Return the shard and the attempt of an execution's name. Raises Problem 404 for any other text."""
    match = NAME.fullmatch(name)
    if match is None:
        shown = name[:NAME_CHARS_SHOWN]
        raise Problem(
            ProblemCode.NO_SUCH_EXECUTION, f"Expected an execution as SHARD_ID:ATTEMPT, got {shown!r}; list them first."
        )
    return UUID(match[1]), int(match[2])


async def find_execution(pool: Pool, name: str) -> RecordedExecutionRow:
    """Return everything stored of an execution. Raises Problem 404 if there is none of this name."""
    row = await tables.find_execution(pool, *parse_name(name))
    if row is None:
        raise Problem(ProblemCode.NO_SUCH_EXECUTION, f"There is no execution {name}.")
    return row
