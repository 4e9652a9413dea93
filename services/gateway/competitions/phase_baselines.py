"""Finds the version of a baseline set that each phase of a document means, and checks that it covers the phase."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from arena.api.competition_document import Competition, Phase
from arena.rules.competition_document import DocumentFault, DocumentPath, suggest
from services.gateway.baselines.tables import BaselineRow, list_coverage, list_versions
from services.gateway.competitions.diff import CurrentCompetition
from shared.database import Connection


@dataclass(frozen=True)
class ResolvedDocument:
    """A document in which every baseline has a version, the baselines' ids by phase, and all faults found so far."""

    document: Competition
    baseline_ids: dict[str, UUID]
    faults: Sequence[DocumentFault]


async def resolve_baselines(
    connection: Connection, current: CurrentCompetition | None, wanted: Competition, faults: Sequence[DocumentFault]
) -> ResolvedDocument:
    """Return the document with a version for every baseline; its faults are those given plus those found here."""
    kept = _kept_baselines(current)
    versions = await list_versions(connection)
    cases = {box.label: box.test_case for box in wanted.black_boxes}
    phases, ids, found = [], {}, list(faults)
    for index, phase in enumerate(wanted.phases):
        at = ("phases", index, "baseline")
        baseline = select_version(phase.baseline, kept.get(phase.name), versions)
        if baseline is None:
            if all(fault.where != at for fault in faults):
                found.append(_unknown(phase.baseline, versions, at))
            continue
        coverage = await list_coverage(connection, baseline.id)
        found += find_coverage_faults(baseline, coverage, phase, cases, at)
        ids[phase.name] = baseline.id
        phases.append(phase.model_copy(update={"baseline": baseline.versioned_name}))
    return ResolvedDocument(wanted.model_copy(update={"phases": phases}), ids, found)


def _kept_baselines(current: CurrentCompetition | None) -> dict[str, str]:
    """Return the baselines of the phases that scores depend on."""
    if current is None:
        return {}
    return {phase.name: phase.baseline for phase in current.document.phases if phase.name in current.used_phases}


def select_version(wanted: str, kept: str | None, versions: Iterable[BaselineRow]) -> BaselineRow | None:
    """Return the version of a baseline set that a document means: the one it names, else `kept`, else the newest."""
    if kept is not None and kept.partition("@")[0] == wanted:
        wanted = kept
    fitting = [each for each in versions if wanted in {each.name, each.versioned_name}]
    return max(fitting, key=lambda each: each.version, default=None)


def _unknown(wanted: str, versions: Iterable[BaselineRow], at: DocumentPath) -> DocumentFault:
    known = {name for each in versions for name in (each.name, each.versioned_name)}
    cure = suggest(wanted, known, "Import it with 'arena baseline import'.")
    return DocumentFault(at, f"There is no baseline set {wanted!r}.", cure)


def find_coverage_faults(
    baseline: BaselineRow, iterations: Mapping[str, int], phase: Phase, cases: Mapping[str, str], at: DocumentPath
) -> list[DocumentFault]:
    """Return what a baseline set lacks for a phase.

    `iterations` is how many the set has of each test case; `cases` are the test cases by black-box label.
    """
    name, wanted = baseline.versioned_name, [cases[label] for label in phase.boxes if label in cases]
    faults = []
    if unknown := sorted(set(wanted) - iterations.keys()):
        what = f"Baseline set {name} does not cover {', '.join(unknown)}."
        faults.append(DocumentFault(at, what, "Compute a set that does, or take these boxes out of the phase."))
    if short := [case for case in wanted if iterations.get(case, phase.n_calls) < phase.n_calls]:
        what = f"Baseline set {name} has {iterations[short[0]]} iterations of {short[0]}, the phase {phase.n_calls}."
        faults.append(DocumentFault(at, what, "Lower n_calls, or compute a longer baseline."))
    return faults
