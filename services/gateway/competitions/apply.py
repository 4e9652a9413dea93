"""Creates and changes competitions. Every change is a revision; what existing scores depend on cannot change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from arena.api.competition_document import Board, BoardBaseline, Competition, Dataset, Phase, Registration
from arena.api.competitions import AppliedCompetition, CompetitionDiff, DocumentProblem
from arena.rules.boards import find_board_faults
from arena.rules.competition_document import DocumentFault, find_faults
from arena.version import code_version
from arena.words.problems import ProblemCode
from services.gateway.competitions import apply_tables, tables
from services.gateway.competitions.apply_tables import CurrentBoxRow, LockedCompetitionRow
from services.gateway.competitions.diff import (
    CurrentBox,
    CurrentCompetition,
    Diff,
    compute_diff,
    find_unreported,
    find_unreported_families,
)
from services.gateway.competitions.phase_baselines import resolve_baselines
from services.gateway.competitions.tables import PhaseRow
from services.gateway.problems import Problem
from services.gateway.submissions.tables import next_change
from shared.database import Connection, Pool
from shared.messages import PhaseChanged
from shared.outbox import Outbox


@dataclass(frozen=True)
class Draft:
    """A document with a version for every baseline, its diff, and the data sets that still have to be uploaded."""

    document: Competition
    diff: Diff
    datasets_missing: Sequence[str]
    baseline_ids: dict[str, UUID]
    revision: int | None
    remarks: Sequence[str]

    def show(self) -> CompetitionDiff:
        """Return the diff as the API shows it."""
        return CompetitionDiff(
            revision=self.revision,
            changes=list(self.diff.changes),
            refusals=describe(self.diff.refusals),
            datasets_missing=list(self.datasets_missing),
            remarks=list(self.remarks),
        )


async def diff(pool: Pool, slug: str, wanted: Competition) -> CompetitionDiff:
    """Return what applying a document would change. Raises Problem 422 that lists every fault."""
    async with pool.acquire() as connection, connection.transaction():
        return (await _draft(connection, slug, wanted)).show()


async def apply(
    pool: Pool, outbox: Outbox, slug: str, wanted: Competition, compared_with: int | None
) -> AppliedCompetition:
    """Create or change the competition as `wanted`. Raises Problem 409 or 422, and then has changed nothing.

    `compared_with` is the revision to which the caller has seen the differences, 0 if there was none.
    """
    async with pool.acquire() as connection, connection.transaction():
        draft = await _draft(connection, slug, wanted)
        if draft.diff.changes and compared_with not in {None, draft.revision or 0}:
            raise Problem(
                ProblemCode.COMPETITION_CHANGED,
                f"Somebody else has changed {slug} meanwhile: it is at revision {draft.revision or 0}, and you have "
                f"compared with revision {compared_with}. Nothing was applied. Look at what would change now, and "
                "apply again.",
                revision=draft.revision,
            )
        if draft.diff.refusals:
            raise refuse(ProblemCode.CHANGE_REFUSED, draft.diff.refusals)
        if draft.datasets_missing:
            raise refuse(ProblemCode.DATASET_NOT_UPLOADED, _missing_files(wanted, draft.datasets_missing))
        if draft.diff.changes or draft.revision is None:
            draft = await _write(connection, outbox, slug, draft)
    outbox.wake()
    return AppliedCompetition(slug=slug, **dict(draft.document), **dict(draft.show()))


def refuse(code: ProblemCode, faults: Sequence[DocumentFault]) -> Problem:
    """Return the problem that lists faults, each with its place in the document."""
    return Problem(code, " ".join(map(str, faults)), errors=[each.model_dump() for each in describe(faults)])


def describe(faults: Sequence[DocumentFault]) -> list[DocumentProblem]:
    """Return faults as the API shows them."""
    return [DocumentProblem(where=".".join(map(str, each.where)), what=each.what, cure=each.cure) for each in faults]


def _missing_files(wanted: Competition, missing: Sequence[str]) -> list[DocumentFault]:
    return [
        DocumentFault(("datasets", index), f"The file of data set {dataset.name} is not uploaded.", "Upload it first.")
        for index, dataset in enumerate(wanted.datasets)
        if dataset.name in missing
    ]


async def _draft(connection: Connection, slug: str, wanted: Competition) -> Draft:
    row = await apply_tables.lock_whole_competition(connection, slug)
    current = None if row is None else await _read_current(connection, row)
    faults = [*find_faults(wanted), *find_board_faults(wanted)]
    resolved = await resolve_baselines(connection, current, wanted, faults)
    if resolved.faults:
        raise refuse(ProblemCode.INVALID_COMPETITION, resolved.faults)
    stored = {(each.name, each.blob_sha256) for each in await tables.list_datasets(connection, slug)}
    return Draft(
        document=resolved.document,
        diff=compute_diff(current, resolved.document),
        datasets_missing=[each.name for each in wanted.datasets if (each.name, each.sha256) not in stored],
        baseline_ids=resolved.baseline_ids,
        revision=None if row is None else row.revision,
        remarks=[
            *find_unreported(wanted, await apply_tables.list_reported_environments(connection)),
            *find_unreported_families(wanted, await apply_tables.list_reported_families(connection)),
        ],
    )


async def _read_current(connection: Connection, row: LockedCompetitionRow) -> CurrentCompetition:
    boxes = await apply_tables.list_current_boxes(connection, row.id)
    phases = await tables.list_phases(connection, row.id)
    recorded = row.document or {}
    listed = {each["label"] for each in recorded["black_boxes"]} if "black_boxes" in recorded else None
    document = Competition.model_construct(
        name=row.name,
        description=row.description,
        seed=row.seed,
        datasets=[Dataset.model_validate(each) for each in recorded.get("datasets", [])],
        black_boxes=[each.document for each in boxes if listed is None or each.label in listed],
        phases=[_phase(each) for each in phases],
        boards=[Board.model_validate(each) for each in recorded.get("boards", [])],
        baseline_rows=[BoardBaseline.model_validate(each) for each in recorded.get("baseline_rows", [])],
        registration=Registration.model_validate(row.registration),
    )
    used = await apply_tables.list_used_phases(connection, row.id)
    ended = await apply_tables.list_ended_phases(connection, row.id)
    return CurrentCompetition(document, [_current_box(each) for each in boxes], used, ended)


def _current_box(row: CurrentBoxRow) -> CurrentBox:
    return CurrentBox(row.label, row.test_case, row.dataset_sha256, row.is_used)


def _phase(row: PhaseRow) -> Phase:
    fields = {name: value for name, value in vars(row).items() if name in Phase.model_fields}
    return Phase.model_validate(fields | {"baseline": row.versioned_baseline})


async def _write(connection: Connection, outbox: Outbox, slug: str, draft: Draft) -> Draft:
    wanted = draft.document
    competition_id = await apply_tables.upsert_competition(connection, slug, wanted)
    await apply_tables.clear_unused(connection, competition_id, [phase.name for phase in wanted.phases])
    hashes = {each.name: each.sha256 for each in wanted.datasets}
    for box in wanted.black_boxes:
        await apply_tables.upsert_box(connection, competition_id, box, hashes.get(box.dataset or ""))
    phase_ids = [
        await apply_tables.upsert_phase(
            connection, competition_id, phase, position=position, baseline_id=draft.baseline_ids[phase.name]
        )
        for position, phase in enumerate(wanted.phases)
    ]
    document = wanted.model_dump(mode="json")
    revision = await tables.insert_revision(connection, competition_id, document, code_version())
    # What a leaderboard shows may depend on any of it, such as which submissions count.
    changes = [PhaseChanged(phase_id=each, change=await next_change(connection, each)) for each in sorted(phase_ids)]
    await outbox.put(connection, changes)
    return replace(draft, revision=revision)
