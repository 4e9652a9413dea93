"""Making and changing a competition, as far as no score depends on what would change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from services.gateway.problems import Problem
from services.gateway.tables import queries

if TYPE_CHECKING:
    from services.gateway.admin import Competition, Phase
    from shared.database import Connection, Pool

FIXED = ("n_calls", "n_suggestions", "studies_per_box", "studies_per_shard", "practice")


async def apply(pool: Pool, slug: str, wanted: Competition) -> None:
    """Make the competition what is wanted; raises Problem 409 or 422 and then changes nothing."""
    _check_labels(wanted)
    async with pool.acquire() as connection, connection.transaction():
        present = await queries.lock_competition(connection, slug=slug)
        if present is not None and present["is_used"] and present["seed"] != wanted.seed:
            raise Problem(409, "The seed of a competition with submissions does not change.")
        competition_id: UUID = await queries.upsert_competition(
            connection, slug=slug, name=wanted.name, seed=wanted.seed
        )
        used = {row["name"]: row async for row in queries.used_phases(connection, competition_id=competition_id)}
        missing = used.keys() - {phase.name for phase in wanted.phases}
        if missing:
            raise Problem(409, f"Phases with submissions cannot be taken away: {', '.join(sorted(missing))}.")
        await queries.clear_unused(connection, competition_id=competition_id)
        await queries.clear_unused_boxes(connection, competition_id=competition_id)
        for box in wanted.black_boxes:
            await queries.upsert_box(connection, competition_id=competition_id, **box.model_dump())
        for position, phase in enumerate(wanted.phases):
            await _apply_phase(connection, competition_id, position, phase, wanted, used.get(phase.name))


def _check_labels(wanted: Competition) -> None:
    labels = [box.label for box in wanted.black_boxes]
    names = [phase.name for phase in wanted.phases]
    cases = [box.test_case for box in wanted.black_boxes]
    for what, values in (("labels", labels), ("phase names", names), ("black boxes", cases)):
        if len(set(values)) < len(values):
            raise Problem(422, f"Expected different {what}, got one twice in {sorted(values)}.")
    practised = {label for phase in wanted.phases if phase.practice for label in phase.boxes}
    for phase in wanted.phases:
        known = practised & set(phase.boxes)
        if known and not phase.practice:
            raise Problem(
                422, f"Phase {phase.name} has boxes of a practice phase, whose logs teams see: {sorted(known)}."
            )
        unknown = set(phase.boxes) - set(labels)
        if unknown:
            raise Problem(422, f"Phase {phase.name} has boxes that are not among black_boxes: {sorted(unknown)}.")


async def _apply_phase(
    connection: Connection, competition_id: UUID, position: int, phase: Phase, wanted: Competition, used: Any
) -> None:
    cases = {box.label: box.test_case for box in wanted.black_boxes}
    baseline_id = await _baseline_id(connection, phase, [cases[label] for label in phase.boxes], used)
    if used is not None:
        boxes = sorted(f"{label}={cases[label]}" for label in set(phase.boxes))
        changed = [name for name in FIXED if getattr(phase, name) != used[name]]
        changed += ["boxes"] if sorted(used["boxes"]) != boxes else []
        changed += ["baseline"] if used["baseline_id"] != baseline_id else []
        if changed:
            raise Problem(
                409, f"Phase {phase.name} has submissions, so these do not change: {', '.join(changed)}. Add a phase."
            )
    phase_id = await queries.upsert_phase(
        connection,
        competition_id=competition_id,
        position=position,
        baseline_id=baseline_id,
        limits=phase.limits.model_dump(),
        **phase.model_dump(exclude={"limits", "baseline", "boxes"}),
    )
    await queries.put_phase_boxes(
        connection, phase_id=phase_id, competition_id=competition_id, labels=sorted(set(phase.boxes))
    )


async def _baseline_id(connection: Connection, phase: Phase, cases: list[str], used: Any) -> UUID:
    name, _, version = phase.baseline.partition("@")
    if used is not None and not version and used["baseline"] == name:
        stays: UUID = used["baseline_id"]
        return stays
    if version and not version.isdigit():
        raise Problem(422, f"Expected a baseline as NAME or NAME@VERSION, got {phase.baseline!r}.")
    row = await queries.find_baseline(connection, name=name, version=int(version) if version else None)
    if row is None:
        raise Problem(422, f"There is no baseline set {phase.baseline!r}; import it with 'arena baseline import'.")
    iterations = {
        each["test_case"]: each["iterations"]
        async for each in queries.baseline_test_cases(connection, baseline_id=row["id"])
    }
    unknown = sorted(set(cases) - iterations.keys())
    if unknown:
        raise Problem(422, f"Baseline {phase.baseline} does not cover {', '.join(unknown)}.")
    short = [case for case in cases if iterations[case] < phase.n_calls]
    if short:
        raise Problem(422, f"Baseline {phase.baseline} has fewer than {phase.n_calls} iterations of {short[0]}.")
    baseline_id: UUID = row["id"]
    return baseline_id
