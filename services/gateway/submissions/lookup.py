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


async def find_readable_logs(pool: Pool, submission_id: UUID, caller: Caller) -> SubmissionRow:
    """Return a submission whose logs a caller may read: an organizer all, a team its own on a practice phase.

    Raises Problem 404 as `find_submission` does, and 403 to a team for its logs from secret black boxes.
    """
    row = await find_submission(pool, submission_id, caller)
    if caller.role != "organizer" and not row.practice:
        raise Problem(
            ProblemCode.SECRET_LOGS,
            "Logs from secret black boxes are for organizers alone, because text could carry a secret out; "
            "on a practice phase a team reads its own.",
        )
    return row
