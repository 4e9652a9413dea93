"""The finals of an archived competition: their status and report, and whether the status is that of their studies."""

import gzip
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from uuid import UUID

from arena.api.export import ArchivedSubmission
from arena.api.reruns import Finalist, FinalStatus
from arena.archive.folder import ArchiveFolder
from arena.client.final import get_final
from arena.client.http import Client
from arena.json_file import read_json
from arena.report.data import read_data
from arena.report.writing import write_report
from arena.rules.ranking import rank, ranking_key

STATUS, REPORT = "final.json", "report.html"
TOLERANCE = 1e-9
"""Postgres adds up the same numbers in another order."""


def find_finals(submissions: Sequence[ArchivedSubmission]) -> dict[str, str]:
    """Return the phases that are finals, each with the phase whose submissions were run again in it."""
    phases = {each.phase for each in submissions}
    return {
        each.phase: each.origin_phase
        for each in submissions
        if each.origin_phase is not None and each.origin_phase in phases - {each.phase}
    }


def write_final(client: Client, folder: ArchiveFolder, slug: str, origin: str, phase: str) -> None:
    """Write the status of a final, and its report, which is made of what the archive has of it already."""
    place = f"results/{phase}"
    answer = get_final(client, slug, origin, phase, losses=True)
    folder.json(f"{place}/{STATUS}", answer.json, f"every rank of the final {phase}")
    final = answer.parse(FinalStatus)
    baseline = read_json(folder.folder / "baselines" / f"{final.baseline.name}@{final.baseline.version}.json")
    data = read_data(_lines(folder.folder / place), final, baseline)
    write_report(data, folder.place(f"{place}/{REPORT}"), None, reveal=True)
    folder.wrote(f"{place}/{REPORT}", f"the report of the final {phase}, which shows its scores and ranks")


def _lines(place: Path) -> Iterator[str]:
    """Yield an export's header, and the studies of all submissions of a phase."""
    for number, path in enumerate(sorted(place.glob("*.ndjson.gz"))):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            header = next(file)
            if number == 0:
                yield header
            yield from file


def compare_final(place: Path, listed: Sequence[ArchivedSubmission]) -> Iterator[str]:
    """Compare the status of a final with its submissions, whose scores are known to be right, and with its losses."""
    if not (place / STATUS).exists():
        return
    final = FinalStatus.model_validate(read_json(place / STATUS))
    by_id = {each.id: each for each in listed}
    scored = [each for each in final.finalists if each.score is not None]
    for each in scored:
        yield from _compare_finalist(final, each, by_id)
    expected = rank(scored, lambda each: ranking_key(each.score, each.submitted_at, each.team))
    if scored != expected:
        teams = ", ".join(each.team for each in expected)
        yield f"{STATUS} of {final.phase} has its finalists in another order than their scores give: {teams}"
    before = {row["team"]: row for row in read_json(place.parent / final.origin / "leaderboard.json")["rows"]}
    for each in final.finalists:
        row = before.get(each.team, {})
        if (each.feedback_rank, each.feedback_score) != (found := (row.get("rank"), row.get("score"))):
            yield (
                f"{STATUS} of {final.phase} says rank {each.feedback_rank} and score {each.feedback_score} of "
                f"{each.team} in {final.origin}, its leaderboard says {found[0]} and {found[1]}"
            )


def _compare_finalist(
    final: FinalStatus, finalist: Finalist, by_id: Mapping[UUID, ArchivedSubmission]
) -> Iterator[str]:
    whose = f"submission {finalist.submission_id} of {finalist.team} in {final.phase}"
    archived = by_id.get(finalist.submission_id)
    if archived is None or archived.score is None:
        yield f"{STATUS} has a score of {whose}, which is not among the submissions"
        return
    means = [math.fsum(each) / len(each) for each in (finalist.losses or {}).values()]
    computed = 100 * (1 - math.fsum(means) / len(means)) if means else math.nan
    for what, found in (("says", finalist.score), ("has losses that give", computed)):
        if found is None or not abs(found - archived.score) <= TOLERANCE:
            yield f"expected the score {archived.score} of {whose}, {STATUS} {what} {found}"
