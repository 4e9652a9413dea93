"""Making and changing a competition, as far as no score depends on what would change; every change is a revision."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

import asyncpg

from arena.api.competition_document import BlackBox, Competition, Dataset, Phase
from arena.rules.competition_document import DocumentFault, DocumentPath, find_faults, suggest
from arena.version import code_version
from services.gateway.competitions.diff import Box, Plan, Present, compute_diff
from services.gateway.problems import Problem
from services.gateway.tables import queries
from shared.database import Connection, Pool

Body = dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """A document with its plan: baselines by version, the data sets that are still to be uploaded."""

    document: Competition
    plan: Plan
    datasets_missing: Sequence[str]
    baseline_ids: dict[str, UUID]
    competition_id: UUID | None
    revision: int | None

    def body(self) -> Body:
        """Return the plan as the API shows it."""
        return {
            "revision": self.revision,
            "changes": [asdict(change) for change in self.plan.changes],
            "refusals": describe(self.plan.refusals),
            "datasets_missing": list(self.datasets_missing),
        }


async def plan(pool: Pool, slug: str, wanted: Competition) -> Body:
    """Return what applying a document would do, without doing it. Raises Problem 422 with every fault."""
    async with pool.acquire() as connection, connection.transaction():
        return (await _draft(connection, slug, wanted)).body()


async def apply(pool: Pool, slug: str, wanted: Competition) -> Body:
    """Make the competition what is wanted; raises Problem 409 or 422 and then changes nothing."""
    async with pool.acquire() as connection, connection.transaction():
        draft = await _draft(connection, slug, wanted)
        if draft.plan.refusals:
            raise refuse(409, draft.plan.refusals)
        if draft.datasets_missing:
            missing = [i for i, each in enumerate(wanted.datasets) if each.name in draft.datasets_missing]
            faults = [
                DocumentFault(("datasets", i), f"The file of {wanted.datasets[i].name} is not stored here.")
                for i in missing
            ]
            raise refuse(422, [replace(each, cure="Upload it first.") for each in faults])
        if draft.plan.changes or draft.revision is None:
            draft = await _write(connection, slug, draft)
    return {"slug": slug, **draft.document.model_dump(mode="json"), **draft.body()}


def refuse(status: int, faults: Sequence[DocumentFault]) -> Problem:
    """Return the problem that lists faults, each with its place in the document."""
    return Problem(status, " ".join(map(str, faults)), errors=describe(faults))


def describe(faults: Sequence[DocumentFault]) -> list[Body]:
    """Return faults as the API shows them."""
    return [{"where": ".".join(map(str, each.where)), "what": each.what, "cure": each.cure} for each in faults]


async def _draft(connection: Connection, slug: str, wanted: Competition) -> Draft:
    row = await queries.lock_competition(connection, slug=slug)
    present = None
    if row is not None:
        await queries.lock_phases(connection, competition_id=row["id"])
        present = await _read_present(connection, row)
    faults = find_faults(wanted)
    document, baseline_ids = await _resolve_baselines(connection, present, wanted, faults)
    if faults:
        raise refuse(422, faults)
    stored = {(each["name"], each["blob_sha256"]) async for each in queries.list_datasets(connection, slug=slug)}
    return Draft(
        document=document,
        plan=compute_diff(present, document),
        datasets_missing=[each.name for each in wanted.datasets if (each.name, each.sha256) not in stored],
        baseline_ids=baseline_ids,
        competition_id=row and row["id"],
        revision=row and row["revision"],
    )


async def _read_present(connection: Connection, row: asyncpg.Record) -> Present:
    boxes = [each async for each in queries.present_boxes(connection, competition_id=row["id"])]
    phases = [dict(each) async for each in queries.present_phases(connection, competition_id=row["id"])]
    used = frozenset(each["name"] for each in phases if each.pop("is_used"))
    recorded = row["document"] or {}
    listed = {each["label"] for each in recorded.get("black_boxes", boxes)}
    document = Competition.model_construct(
        name=row["name"],
        seed=row["seed"],
        datasets=[Dataset.model_validate(each) for each in recorded.get("datasets", [])],
        black_boxes=[
            BlackBox(**{key: each[key] for key in BlackBox.model_fields}) for each in boxes if each["label"] in listed
        ],
        phases=[Phase.model_validate(each) for each in phases],
    )
    return Present(document, [_box(each) for each in boxes], used)


def _box(row: asyncpg.Record) -> Box:
    test_case = f"{row['model']}_{row['dataset']}_{row['metric']}"
    return Box(row["label"], test_case, row["dataset_sha256"], row["is_used"])


async def _resolve_baselines(
    connection: Connection, present: Present | None, wanted: Competition, faults: list[DocumentFault]
) -> tuple[Competition, dict[str, UUID]]:
    """Return the document with every baseline by its version, and their ids; adds to `faults`.

    Where a used phase has a version of the set already, a name without a version means that one, else the newest.
    """
    stays = {each.name: each.baseline for each in (present.document.phases if present else ())}
    used = present.used_phases if present else frozenset()
    rows = {row["baseline"]: row async for row in queries.list_baseline_versions(connection)}
    cases = {box.label: box.test_case for box in wanted.black_boxes}
    phases, ids = [], {}
    for index, phase in enumerate(wanted.phases):
        name = phase.baseline
        if phase.name in used and stays[phase.name].partition("@")[0] == name:
            name = stays[phase.name]
        row = rows.get(name) or max(
            (each for each in rows.values() if each["name"] == name), key=lambda each: each["version"], default=None
        )
        at = ("phases", index, "baseline")
        if row is None:
            if all(fault.where != at for fault in faults):
                known = {*rows, *(each["name"] for each in rows.values())}
                cure = suggest(name, known, "Import it with 'arena baseline import'.")
                faults.append(DocumentFault(at, f"There is no baseline set {name!r}.", cure))
            continue
        faults += await _coverage_faults(connection, row, phase, cases, at)
        ids[phase.name] = row["id"]
        phases.append(phase.model_copy(update={"baseline": row["baseline"]}))
    return wanted.model_copy(update={"phases": phases}), ids


async def _coverage_faults(
    connection: Connection, baseline: asyncpg.Record, phase: Phase, cases: dict[str, str], at: DocumentPath
) -> list[DocumentFault]:
    iterations = {
        row["test_case"]: row["iterations"]
        async for row in queries.baseline_test_cases(connection, baseline_id=baseline["id"])
    }
    name, wanted = baseline["baseline"], [cases[label] for label in phase.boxes if label in cases]
    faults = []
    if unknown := sorted(set(wanted) - iterations.keys()):
        what = f"Baseline set {name} does not cover {', '.join(unknown)}."
        faults.append(DocumentFault(at, what, "Compute one that does, or take the boxes out of the phase."))
    if short := [case for case in wanted if iterations.get(case, phase.n_calls) < phase.n_calls]:
        what = f"Baseline set {name} has {iterations[short[0]]} iterations of {short[0]}, the phase {phase.n_calls}."
        faults.append(DocumentFault(at, what, "Lower n_calls, or compute a longer baseline."))
    return faults


async def _write(connection: Connection, slug: str, draft: Draft) -> Draft:
    wanted = draft.document
    competition_id: UUID = await queries.upsert_competition(connection, slug=slug, name=wanted.name, seed=wanted.seed)
    names = [phase.name for phase in wanted.phases]
    await queries.clear_unused(connection, competition_id=competition_id, names=names)
    await queries.clear_unused_boxes(connection, competition_id=competition_id)
    hashes = {each.name: each.sha256 for each in wanted.datasets}
    for box in wanted.black_boxes:
        await queries.upsert_box(
            connection, competition_id=competition_id, dataset_sha256=hashes.get(box.dataset), **box.model_dump()
        )
    for position, phase in enumerate(wanted.phases):
        phase_id = await queries.upsert_phase(
            connection,
            competition_id=competition_id,
            position=position,
            baseline_id=draft.baseline_ids[phase.name],
            limits=phase.limits.model_dump(),
            **phase.model_dump(exclude={"limits", "baseline", "boxes"}),
        )
        await queries.put_phase_boxes(
            connection, phase_id=phase_id, competition_id=competition_id, labels=sorted(set(phase.boxes))
        )
    revision = await queries.insert_revision(
        connection,
        competition_id=competition_id,
        document=wanted.model_dump(mode="json"),
        code_version=code_version(),
    )
    return replace(draft, competition_id=competition_id, revision=revision)
