"""Making an archive: what the platform tells of a finished competition, written to a new folder."""

import gzip
import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from arena.api.competitions import CompetitionDescription, RevisionPage
from arena.api.export import ArchivedSubmission, ArchivedSubmissionPage
from arena.archive import metadata
from arena.archive.families import write_own_family
from arena.archive.finals import find_finals, write_final
from arena.archive.folder import ArchiveFolder, scores_of
from arena.archive.manifest import ArchiveManifest, write_manifest
from arena.client.http import Client
from arena.failure import Failure
from arena.images.definition import PACKAGE_LISTS, Definition, find_environments, find_families
from arena.version import code_version
from arena.words.environments import SKLEARN, environment_name

Remark = Callable[[str], None]


def make_archive(
    client: Client, slug: str, directory: Path, rights: metadata.Rights, remark: Remark
) -> ArchiveManifest:
    """Write the archive of a finished competition to a new folder, which is there only when all of it is.

    `remark` is told what makes it worth less.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise Failure(f"Expected a new folder, got {directory} with files in it.")
    admin = f"/api/v1/admin/competitions/{slug}"
    page = client.get_all(f"{admin}/archive/submissions", "submissions").parse(ArchivedSubmissionPage)
    partial = directory.with_name(f"{directory.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    folder, made_at = ArchiveFolder(partial), datetime.now(UTC)
    name = client.get(f"/api/v1/competitions/{slug}").parse(CompetitionDescription).name
    document = _write_competition(client, folder, admin)
    _write_datasets(client, folder, admin, document)
    recorded = set[str]()
    for phase, submissions in sorted(_by_phase(page.submissions).items()):
        recorded |= _write_phase(client, folder, slug, phase, submissions)
    for phase, origin in sorted(find_finals(page.submissions).items()):
        write_final(client, folder, slug, origin, phase)
    _write_zips(client, folder, admin, page.submissions)
    _write_images(folder, page.submissions, document, recorded, remark)
    _write_metadata(folder, name, made_at, rights)
    manifest = ArchiveManifest(
        made_at=made_at, arena_version=code_version(), competition=slug, files=tuple(folder.files)
    )
    write_manifest(partial, manifest)
    if directory.exists():
        directory.rmdir()
    partial.rename(directory)
    return manifest


def _by_phase(submissions: list[ArchivedSubmission]) -> dict[str, list[ArchivedSubmission]]:
    found = defaultdict(list)
    for each in submissions:
        found[each.phase].append(each)
    return found


def _write_competition(client: Client, folder: ArchiveFolder, admin: str) -> dict[str, Any]:
    """Write the document and its revisions, and the baseline sets that it names; returns the document."""
    page = client.get_all(f"{admin}/revisions", "revisions")
    revisions = page.parse(RevisionPage).revisions
    document = revisions[0].document
    folder.json("competition/revisions.json", page.json, "the history of the competition")
    folder.json("competition/document.json", document, "what every score and every replay depends on")
    for baseline in sorted({phase["baseline"] for phase in document.get("phases", [])}):
        base, _, version = baseline.partition("@")
        found = client.get(f"/api/v1/admin/baselines/{base}", version=version or None).json
        touched = [phase["name"] for phase in document["phases"] if phase["baseline"] == baseline]
        folder.json(f"baselines/{baseline}.json", found, f"what {scores_of(touched)} refers to")
    return document


def _write_datasets(client: Client, folder: ArchiveFolder, admin: str, document: dict[str, Any]) -> None:
    for each in document.get("datasets", []):
        path = f"data-sets/{each['name']}.csv"
        client.download(f"{admin}/archive/blobs/{each['sha256']}", folder.place(path))
        touched = _phases_with(document, "dataset", each["name"])
        folder.wrote(path, f"the data set {each['name']}, on which {scores_of(touched)} depends")


def _phases_with(document: dict[str, Any], key: str, value: str) -> list[str]:
    """Return the phases that have a black box of this data set or family."""
    labels = {box["label"] for box in document["black_boxes"] if box.get(key) == value}
    return [phase["name"] for phase in document.get("phases", []) if labels & set(phase["boxes"])]


def _write_phase(
    client: Client, folder: ArchiveFolder, slug: str, phase: str, submissions: list[ArchivedSubmission]
) -> set[str]:
    """Write a phase's leaderboard, and of each submission the evaluations and what ran them.

    Returns the digests of the images in which black boxes ran.
    """
    place, admin, images = f"results/{phase}", f"/api/v1/admin/competitions/{slug}", set[str]()
    board = client.get(f"/api/v1/competitions/{slug}/leaderboard", phase=phase).json
    folder.json(f"{place}/leaderboard.json", board, f"every rank of {phase}")
    listed = [each.model_dump(mode="json") for each in submissions]
    folder.json(f"{place}/submissions.json", listed, f"every score of {phase}")
    for each in submissions:
        path = f"{place}/{each.id}.ndjson.gz"
        with (
            client.lines(f"{admin}/phases/{phase}/export", submission=str(each.id)) as lines,
            gzip.GzipFile(folder.place(path), "wb", mtime=0) as file,
        ):
            file.writelines(f"{line}\n".encode() for line in _without_names(lines))
        folder.wrote(path, f"the evaluations of {_name(each)}")
        origin = client.get(f"/api/v1/submissions/{each.id}/provenance").json
        origin["zip"].pop("filename")  # somebody chose it, perhaps with his own name
        folder.json(f"{place}/{each.id}.provenance.json", origin, f"what ran {_name(each)}")
        images |= {ran["blackbox_image"] for ran in origin["ran_by"]}
    return images


def _without_names(lines: Iterator[str]) -> Iterator[str]:
    """Yield an export without the name of the token by which suggestions were dropped: it may be somebody's name."""
    header = json.loads(next(lines))
    if dropped := header.get("suggestions_dropped"):
        dropped["dropped_by"] = "an organizer"
    yield json.dumps(header)
    yield from lines


def _name(submission: ArchivedSubmission) -> str:
    return f"submission {submission.id} of {submission.team} in {submission.phase}, score {submission.score}"


def _write_zips(client: Client, folder: ArchiveFolder, admin: str, submissions: list[ArchivedSubmission]) -> None:
    """Write the zips that may be published. A zip of the final is one of the phase before."""
    touched = defaultdict[str, list[str]](list)
    for each in sorted(submissions, key=lambda each: (each.phase, each.id)):
        if each.zip_published:
            touched[each.zip_sha256].append(_name(each))
    for sha256, named in touched.items():
        path = f"zips/{sha256}.zip"
        client.download(f"{admin}/archive/blobs/{sha256}", folder.place(path))
        folder.wrote(path, f"the zip of {' and of '.join(named)}")


def _write_images(
    folder: ArchiveFolder,
    submissions: list[ArchivedSubmission],
    document: dict[str, Any],
    recorded: set[str],
    remark: Remark,
) -> None:
    """Copy how the environments and problem families are built that Arena brings, and the organizer's own families.

    Of the organizer's own environments, the digests in the provenance are all that the platform knows.
    """
    used = defaultdict[str, set[str]](set)
    for each in submissions:
        used[environment_name(each.environment)].add(each.phase)
    for name, path, text in _definitions(find_environments(), used):
        folder.text(f"environments/{path}", text, f"how the environment of {scores_of(used[name])} is built")
    families = {
        name: _phases_with(document, "family", name)
        for name in sorted({box.get("family", SKLEARN) for box in document["black_boxes"]} - {SKLEARN})
    }
    for name, path, text in _definitions(find_families(), families):
        folder.text(f"families/{path}", text, f"how the problem family of {scores_of(families[name])} is built")
    for name in families.keys() - find_families().keys():
        if said := write_own_family(folder, name, families[name], recorded):
            remark(said)


def _definitions(known: Mapping[str, Definition], used: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the files from which images are built: the image's name, and the file's path and text."""
    for name in sorted(used.keys() & known.keys()):
        for source in (known[name].dockerfile, *(known[name].dockerfile.with_name(each) for each in PACKAGE_LISTS)):
            if source.exists():
                yield name, f"{name}/{source.name}", source.read_text()


def _write_metadata(folder: ArchiveFolder, name: str, made_at: datetime, rights: metadata.Rights) -> None:
    folder.text("README.md", metadata.readme(name, made_at), "a description, which touches no score")
    folder.text("CITATION.cff", metadata.citation(name, made_at, rights), "how to cite, which touches no score")
    folder.text(".zenodo.json", metadata.zenodo(name, made_at, rights), "metadata for Zenodo, which touches no score")
    text = metadata.crate(name, made_at, folder.files, rights)
    folder.text(metadata.CRATE, text, "metadata of an RO-Crate, which touches no score")
