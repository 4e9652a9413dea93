"""An archive against itself: files by their hashes, scores by their evaluations, leaderboards by their scores."""

import gzip
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arena.api.export import ArchivedSubmission, ExportHeader, ExportStudy
from arena.archive.finals import TOLERANCE, compare_final
from arena.archive.manifest import find_damage, read_manifest
from arena.client.answer import parse_line
from arena.json_file import read_json
from arena.rules.ranking import rank, ranking_key
from arena.scales import Scale, read_scales
from arena.scoring import BoxStudies, score_studies


@dataclass(frozen=True)
class Verified:
    """What was found: how many files and scores were compared, and a sentence for each fault."""

    files: int
    scores: int
    faults: list[str]


def verify_archive(folder: Path) -> Verified:
    """Check an archive. Scores are computed from whole files alone. Raises Failure if there is no manifest."""
    manifest = read_manifest(folder)
    damage = list(find_damage(folder, manifest))
    if damage:
        return Verified(len(manifest.files), 0, damage)
    faults, scores = list[str](), 0
    for phase in sorted(folder.glob("results/*/submissions.json")):
        listed = [ArchivedSubmission.model_validate(each) for each in json.loads(phase.read_text())]
        for each in listed:
            scores += 1
            faults += _compare_score(folder, phase.parent, each)
        faults += _compare_ranks(phase.parent, listed)
        faults += compare_final(phase.parent, listed)
    return Verified(len(manifest.files), scores, faults)


def _compare_score(folder: Path, place: Path, submission: ArchivedSubmission) -> Iterator[str]:
    """Compare a score with that of its evaluations."""
    whose = f"submission {submission.id} of {submission.team} in {submission.phase}"
    with gzip.open(place / f"{submission.id}.ndjson.gz", "rt", encoding="utf-8") as file:
        header = parse_line(next(file), ExportHeader)
        studies = [parse_line(line, ExportStudy) for line in file]
    scales = read_scales(folder / "baselines" / f"{header.baseline.name}@{header.baseline.version}.json")
    if len(studies) != submission.studies_total:
        yield f"expected {submission.studies_total} studies of {whose}, found {len(studies)}"
        return
    _, found = score_studies(_by_box(header, studies, scales))
    if submission.score is None or abs(found.score - submission.score) > TOLERANCE:
        yield f"expected the score {submission.score} of {whose}, its evaluations give {found.score}"


def _by_box(header: ExportHeader, studies: list[ExportStudy], scales: Mapping[str, Scale]) -> dict[str, BoxStudies]:
    cases = {box.box: box.test_case for box in header.boxes}
    found = {}
    for box, group in itertools.groupby(studies, key=lambda study: study.box):
        scale = scales[cases[box]]
        found[box] = BoxStudies(scale.clip, scale.best, [study.visible for study in group])
    return found


def _compare_ranks(place: Path, listed: list[ArchivedSubmission]) -> Iterator[str]:
    """Compare a leaderboard with the ranking of its submissions' scores."""
    rows: list[dict[str, Any]] = read_json(place / "leaderboard.json")["rows"]
    counting = [each for each in listed if each.counting]
    ranked = rank(counting, lambda each: ranking_key(each.score, each.ended_at, each.team))
    expected = {str(each.id): (number, each) for number, each in enumerate(ranked, start=1)}
    found = {row["submission_id"]: row for row in rows if row["rank"] is not None}
    for identity in found.keys() - expected.keys():
        yield f"the leaderboard of {place.name} ranks submission {identity}, which counts for no team"
    for identity, (computed, each) in expected.items():
        row = found.get(identity, {})
        stated, score = row.get("rank"), row.get("score")
        if (stated, score) != (computed, each.score):
            yield (
                f"expected rank {computed} and score {each.score} of submission {identity} of {each.team} on the "
                f"leaderboard of {place.name}, found rank {stated} and score {score}"
            )
