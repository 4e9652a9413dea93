"""Making an archive: what the platform tells of a finished competition, written to a new folder."""

import gzip
import json
import shutil
from collections import defaultdict
from collections.abc import Mapping, Set
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from arena.api.competitions import CompetitionDescription, RevisionPage
from arena.api.export import ArchivedSubmission, ArchivedSubmissionPage
from arena.archive import metadata
from arena.archive.manifest import ArchivedFile, ArchiveManifest, describe_file, write_manifest
from arena.client.http import Client
from arena.failure import Failure
from arena.images.definition import PACKAGE_LISTS, Definition, find_environments, find_families
from arena.version import code_version
from arena.words.environments import SKLEARN, environment_name

EVERY_SCORE = "what every score refers to"


class _Folder:
    """Writes files below a folder, and remembers what each of them touches."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[ArchivedFile] = []

    def place(self, path: str) -> Path:
        """Return where a file is to be written."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def wrote(self, path: str, touches: str) -> None:
        """Remember a file that was written."""
        self.files.append(describe_file(self.folder, path, touches))

    def text(self, path: str, text: str, touches: str) -> None:
        """Write a text."""
        self.place(path).write_text(text, encoding="utf-8")
        self.wrote(path, touches)

    def json(self, path: str, body: Any, touches: str) -> None:
        """Write an object as JSON."""
        self.text(path, json.dumps(body, indent=1) + "\n", touches)


def make_archive(client: Client, slug: str, directory: Path, rights: metadata.Rights) -> ArchiveManifest:
    """Write the archive of a finished competition to a new folder, which is there only when all of it is."""
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise Failure(f"Expected a new folder, got {directory} with files in it.")
    admin = f"/api/v1/admin/competitions/{slug}"
    page = client.get_all(f"{admin}/archive/submissions", "submissions").parse(ArchivedSubmissionPage)
    partial = directory.with_name(f"{directory.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    folder, made_at = _Folder(partial), datetime.now(UTC)
    name = client.get(f"/api/v1/competitions/{slug}").parse(CompetitionDescription).name
    document = _write_competition(client, folder, admin)
    _write_datasets(client, folder, admin, document)
    for phase, submissions in sorted(_by_phase(page.submissions).items()):
        _write_phase(client, folder, slug, phase, submissions)
    _write_images(folder, page.submissions, document)
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


def _write_competition(client: Client, folder: _Folder, admin: str) -> dict[str, Any]:
    """Write the document and its revisions, and the baseline sets that it names; returns the document."""
    page = client.get_all(f"{admin}/revisions", "revisions")
    revisions = page.parse(RevisionPage).revisions
    document = revisions[0].document
    folder.json("competition/revisions.json", page.json, "the history of the competition")
    folder.json("competition/document.json", document, "what every score and every replay depends on")
    for baseline in sorted({phase["baseline"] for phase in document.get("phases", [])}):
        base, _, version = baseline.partition("@")
        found = client.get(f"/api/v1/admin/baselines/{base}", version=version or None).json
        folder.json(f"baselines/{baseline}.json", found, EVERY_SCORE)
    return document


def _write_datasets(client: Client, folder: _Folder, admin: str, document: dict[str, Any]) -> None:
    for each in document.get("datasets", []):
        path = f"data-sets/{each['name']}.csv"
        client.download(f"{admin}/archive/blobs/{each['sha256']}", folder.place(path))
        folder.wrote(path, f"the data set {each['name']}")


def _write_phase(client: Client, folder: _Folder, slug: str, phase: str, submissions: list[ArchivedSubmission]) -> None:
    """Write a phase's leaderboard, and of each submission the evaluations, what ran them, and the zip if it may be."""
    place, admin = f"results/{phase}", f"/api/v1/admin/competitions/{slug}"
    board = client.get(f"/api/v1/competitions/{slug}/leaderboard", phase=phase).json
    folder.json(f"{place}/leaderboard.json", board, f"every rank of {phase}")
    listed = [each.model_dump(mode="json") for each in submissions]
    folder.json(f"{place}/submissions.json", listed, f"every score of {phase}")
    for each in submissions:
        whose = f"submission {each.id} of {each.team} in {phase}, score {each.score}"
        path = f"{place}/{each.id}.ndjson.gz"
        with (
            client.lines(f"{admin}/phases/{phase}/export", submission=str(each.id)) as lines,
            gzip.GzipFile(folder.place(path), "wb", mtime=0) as file,
        ):
            file.writelines(f"{line}\n".encode() for line in lines)
        folder.wrote(path, f"the evaluations of {whose}")
        origin = client.get(f"/api/v1/submissions/{each.id}/provenance").json
        origin["zip"].pop("filename")  # somebody chose it, perhaps with his own name
        folder.json(f"{place}/{each.id}.provenance.json", origin, f"what ran {whose}")
        zip_path = f"zips/{each.zip_sha256}.zip"
        if each.zip_published and not (folder.folder / zip_path).exists():
            client.download(f"{admin}/archive/blobs/{each.zip_sha256}", folder.place(zip_path))
            folder.wrote(zip_path, f"the zip of {whose}")


def _write_images(folder: _Folder, submissions: list[ArchivedSubmission], document: dict[str, Any]) -> None:
    """Copy how the environments and problem families are built that Arena brings.

    Of others, the digests in the provenance are all that the platform knows.
    """
    used = {environment_name(each.environment) for each in submissions}
    _write_definitions(folder, "environments", "environment", find_environments(), used)
    families = {each.get("family", SKLEARN) for each in document["black_boxes"]}
    _write_definitions(folder, "families", "problem family", find_families(), families)


def _write_definitions(folder: _Folder, place: str, what: str, known: Mapping[str, Definition], used: Set[str]) -> None:
    for name in sorted(used & known.keys()):
        for source in (known[name].dockerfile, *(known[name].dockerfile.with_name(each) for each in PACKAGE_LISTS)):
            if source.exists():
                path = f"{place}/{name}/{source.name}"
                folder.text(path, source.read_text(), f"how the {what} {name} is built")


def _write_metadata(folder: _Folder, name: str, made_at: datetime, rights: metadata.Rights) -> None:
    folder.text("README.md", metadata.readme(name, made_at), "a description, which touches no score")
    folder.text("CITATION.cff", metadata.citation(name, made_at, rights), "how to cite, which touches no score")
    folder.text(".zenodo.json", metadata.zenodo(name, made_at, rights), "metadata for Zenodo, which touches no score")
    text = metadata.crate(name, made_at, folder.files, rights)
    folder.text(metadata.CRATE, text, "metadata of an RO-Crate, which touches no score")
