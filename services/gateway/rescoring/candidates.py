"""Makes a candidate: which submissions of a phase it runs again, and what it changes in the phase's definition."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from pydantic import ValidationError

from arena.api.problems import InvalidField
from arena.api.reruns import RescoringRequest
from arena.words.limits import Limits
from arena.words.problems import ProblemCode
from services.gateway.baselines.tables import BaselineRow, find_baseline
from services.gateway.competitions.phases import no_boxes
from services.gateway.competitions.tables import PhaseRow, put_phase_boxes
from services.gateway.problems import Problem, invalid_fields, invalid_request
from services.gateway.rescoring import tables
from services.gateway.rescoring.comparison import list_changes
from shared.database import Connection

SPECIAL = {"limits", "baseline", "boxes"}
"""The fields of a request that are not taken over as they are: they may be partial, unversioned or unsorted."""


async def list_wanted_changes(connection: Connection, live: PhaseRow, wanted: RescoringRequest) -> dict[str, Any]:
    """Return the changes that a request asks for, in the form that `list_changes` returns for a candidate."""
    plain = {name: value for name, value in wanted.changes.items() if name not in SPECIAL}
    after = replace(live, **plain, limits=_limits(live, wanted))
    if wanted.boxes:
        after = replace(after, boxes=sorted(set(wanted.boxes)))
    baseline = await _find_baseline(connection, wanted)
    if baseline is not None:
        after = replace(after, baseline=baseline.name, baseline_version=baseline.version)
    return list_changes(live, after)


async def make_candidate(connection: Connection, live: PhaseRow, wanted: RescoringRequest) -> UUID:
    """Create the hidden phase and return its id. Raises Problem 422 if its definition is invalid."""
    baseline = await _find_baseline(connection, wanted)
    candidate_id = await tables.insert_candidate(
        connection,
        live.id,
        f"candidate-{uuid4()}",
        wanted,
        baseline_id=None if baseline is None else baseline.id,
        limits=_limits(live, wanted),
    )
    labels = wanted.boxes or live.boxes
    await put_phase_boxes(connection, candidate_id, live.competition_id, labels)
    if unknown := set(labels) - await tables.list_box_labels(connection, candidate_id):
        raise no_boxes(live.competition, unknown)
    if uncovered := await tables.list_uncovered_boxes(connection, candidate_id):
        raise Problem(
            ProblemCode.BASELINE_LACKS_BOXES,
            f"The baseline does not cover {', '.join(uncovered)} for enough iterations.",
            boxes=uncovered,
        )
    return candidate_id


async def select_submissions(connection: Connection, live: PhaseRow, wanted: RescoringRequest) -> list[UUID]:
    """Return the submissions to run again. Raises Problem 422 for one that cannot be, 409 if there are none."""
    only_counting = wanted.submissions is None and not wanted.everything
    found = await tables.list_ended_submissions(connection, live.id, only_counting=only_counting)
    if wanted.submissions is not None:
        unknown = [str(each) for each in wanted.submissions if each not in found]
        if unknown:
            raise Problem(
                ProblemCode.UNKNOWN_SUBMISSION,
                f"Expected submissions of {live.name} that were scored or failed; not so: {unknown}.",
                submissions=unknown,
            )
        found = wanted.submissions
    if not found:
        raise Problem(ProblemCode.NOTHING_TO_RESCORE, f"Phase {live.name} has no submission that can be run again.")
    return found


def _limits(live: PhaseRow, wanted: RescoringRequest) -> dict[str, Any]:
    try:
        return Limits.model_validate(live.limits | (wanted.limits or {})).model_dump()
    except ValidationError as error:
        raise invalid_request(*invalid_fields(error.errors(), "body", "limits")) from error


async def _find_baseline(connection: Connection, wanted: RescoringRequest) -> BaselineRow | None:
    if wanted.baseline is None:
        return None
    name, _, version = wanted.baseline.partition("@")
    if version and not (version.isdecimal() and len(version) < 10):
        what = f"expected a baseline as NAME or NAME@VERSION, got {wanted.baseline!r}"
        raise invalid_request(InvalidField(where="body.baseline", what=what))
    baseline = await find_baseline(connection, name, int(version) if version else None)
    if baseline is None:
        raise Problem(
            ProblemCode.UNKNOWN_BASELINE,
            f"There is no baseline set {wanted.baseline!r}; import it with 'arena baseline import'.",
        )
    return baseline
