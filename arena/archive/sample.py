"""Which of an archive's studies can be run again, and everything that decides what comes of them."""

import gzip
import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from arena.api.competition_document import BlackBox, Competition, Phase
from arena.api.export import ArchivedSubmission, ExportStudy
from arena.archive.families import find_own_families
from arena.client.answer import parse_line
from arena.json_file import read_json
from arena.rules.seeds import names_seed, optimizer_seed, study_seed
from arena.sandbox.study import StudySpec
from arena.words.environments import environment_name


@dataclass(frozen=True)
class SampledStudy:
    """An archived study with what runs it again.

    `images` are those on record for its submission, `own_family` is the place of its family if it is the organizer's.
    """

    submission: ArchivedSubmission
    archived: ExportStudy
    spec: StudySpec
    zip_file: Path
    dataset: bytes
    images: frozenset[str]
    own_family: Path | None

    def __str__(self) -> str:
        each = self.submission
        return (
            f"study {self.archived.study} on {self.archived.box} of submission {each.id} of {each.team} in "
            f"{each.phase}, score {each.score}"
        )


def draw_sample(folder: Path, size: int) -> list[SampledStudy]:
    """Return up to so many studies of those teams whose zips are in the archive, of as many submissions as there are.

    What was cut off by a limit of time depends on the machine, and is left out.
    """
    competition = Competition.model_validate(read_json(folder / "competition" / "document.json"))
    with_zip = [each for each in _submissions(folder) if _zip(folder, each).is_file()]
    draw = random.SystemRandom()
    draw.shuffle(with_zip)
    sample: list[SampledStudy] = []
    for place, wanted in Counter(itertools.islice(itertools.cycle(range(len(with_zip))), size)).items():
        submission = with_zip[place]
        whole = [each for each in _studies(folder, submission) if each.cut_off_by is None]
        chosen = draw.sample(whole, min(wanted, len(whole)))
        sample += [_complete(folder, competition, submission, each) for each in chosen]
    return sample


def _submissions(folder: Path) -> Iterator[ArchivedSubmission]:
    for listed in sorted(folder.glob("results/*/submissions.json")):
        yield from (ArchivedSubmission.model_validate(each) for each in json.loads(listed.read_text()))


def _studies(folder: Path, submission: ArchivedSubmission) -> Iterator[ExportStudy]:
    path = folder / "results" / submission.phase / f"{submission.id}.ndjson.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        next(file)
        yield from (parse_line(line, ExportStudy) for line in file)


def _complete(
    folder: Path, competition: Competition, submission: ArchivedSubmission, study: ExportStudy
) -> SampledStudy:
    box = next(each for each in competition.black_boxes if each.label == study.box)
    phase = next(each for each in competition.phases if each.name == submission.phase)
    own = {each.name: each.sha256 for each in competition.datasets}.get(box.dataset or "")
    provenance = read_json(folder / "results" / phase.name / f"{submission.id}.provenance.json")
    ran_by = provenance["ran_by"]
    return SampledStudy(
        submission=submission,
        archived=study,
        spec=_specify(competition.seed, phase, box, study, submission.zip_sha256, own),
        zip_file=_zip(folder, submission),
        dataset=(folder / "data-sets" / f"{box.dataset}.csv").read_bytes() if own else b"",
        images=frozenset(each[key] for each in ran_by for key in ("optimizer_image", "blackbox_image") if each[key]),
        own_family=find_own_families(folder).get(box.family),
    )


def _specify(
    seed: str, phase: Phase, box: BlackBox, study: ExportStudy, zip_sha256: str, dataset_sha256: str | None
) -> StudySpec:
    """Return the study as the platform ran it, but for the digest of its environment, which no other machine has."""
    model, dataset, metric = box.parts
    return StudySpec(
        execution=f"replay-{study.submission_id}-{box.label}",
        attempt=1,
        study=study.study,
        model=model,
        dataset=dataset,
        metric=metric,
        family=box.family,
        n_calls=phase.n_calls,
        n_suggestions=phase.n_suggestions,
        seed=study_seed(seed, box.test_case, study.study),
        optimizer_seed=optimizer_seed(seed, box.test_case, study.study, zip_sha256),
        limits=phase.limits,
        dataset_sha256=dataset_sha256,
        names_seed=names_seed(seed, box.test_case) if phase.parameter_names == "hidden" else None,
        environment=environment_name(study.environment),
        cpus=phase.cpus,
        runtime=phase.runtime,
    )


def _zip(folder: Path, submission: ArchivedSubmission) -> Path:
    return folder / "zips" / f"{submission.zip_sha256}.zip"
