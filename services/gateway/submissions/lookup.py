"""Finds a submission that a caller may see."""

from uuid import UUID

from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Caller
from services.gateway.problems import Problem
from services.gateway.submissions import tables
from services.gateway.submissions.tables import SubmissionRow
from shared.database import Pool


async def find_submission(pool: Pool, submission_id: UUID, caller: Caller) -> SubmissionRow:
    """Return a submission.

    Raises Problem 404 if there is none, or to a team if it is another team's or in a hidden phase.
    """
    row = await tables.find_submission(pool, submission_id)
    is_hidden = row is not None and row.origin_id is not None and row.visibility == "organizer"
    if row is None or (caller.role == "team" and (row.team_id != caller.team_id or is_hidden)):
        raise Problem(ProblemCode.NO_SUCH_SUBMISSION, f"There is no submission {submission_id}.")
    return row
