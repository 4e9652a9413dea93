"""The organizer's own problem families in an archive: taken from the images that ran, and made into images again."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from arena.archive.folder import ArchiveFolder, scores_of
from arena.failure import Failure
from arena.family.image import RequirementsRefused, build_family_image, family_tag
from arena.images.definition import LISTED
from arena.images.docker import BuildFailed, docker

FOLDER, LOCK = "folder", "requirements.lock"
IN_THE_IMAGE = "/opt/family"
ID = "{{ .Id }}"


def write_own_family(folder: ArchiveFolder, name: str, phases: Sequence[str], recorded: Iterable[str]) -> str | None:
    """Write the folder of a family as its image has it, and the versions of the packages beside it.

    `recorded` are the digests of the images that ran. Returns a remark if this one is not among them. Raises Failure
    where there is no such image.
    """
    tag, place = family_tag(name), f"families/{name}"
    try:
        image = docker("image", "inspect", "-f", ID, tag)
        container = docker("create", "--network", "none", image)
        try:
            docker("cp", f"{container}:{IN_THE_IMAGE}", str(folder.place(f"{place}/{FOLDER}")))
        finally:
            docker("rm", "--force", container)
        packages = docker("run", "--rm", "--network", "none", "--entrypoint", "pip", image, "freeze")
    except BuildFailed as failed:
        raise Failure(
            f"Expected the image {tag} on this machine's engine: the folder of the problem family {name} is taken from "
            "it. Apply the competition's file here once more, which builds it, or take it here with 'docker load'. "
            f"{failed}"
        ) from failed
    touches = f"the problem family {name}, on which {scores_of(phases)} depends"
    for path in sorted((folder.folder / place / FOLDER).rglob("*")):
        if path.is_file():
            folder.wrote(path.relative_to(folder.folder).as_posix(), touches)
    lock = "".join(f"{package}=={version}\n" for package, version in LISTED.findall(packages))
    folder.text(f"{place}/{LOCK}", lock, f"the packages beside {touches}")
    if image in set(recorded):
        return None
    return (
        f"{tag} is not the image in which studies ran ({image}). If its folder has changed since, they may come out "
        "otherwise when they are run again."
    )


def find_own_families(folder: Path) -> dict[str, Path]:
    """Return the organizer's own families of an archive, each with its place there."""
    return {path.parent.name: path.parent for path in sorted(folder.glob(f"families/*/{FOLDER}"))}


@contextmanager
def built_families(places: Iterable[Path], blackbox: str) -> Iterator[dict[str, str]]:
    """Build the images of archived families under names of their own, which they lose again; yields these.

    An image that this machine has for a family of the same name is not touched. Raises Failure.
    """
    names: dict[str, str] = {}
    try:
        for place in places:
            names[place.name] = f"archived-{hashlib.sha256(str(place.resolve()).encode()).hexdigest()[:12]}"
            _build(place, blackbox, names[place.name])
        yield names
    finally:
        for name in names.values():
            docker("image", "rm", "--force", family_tag(name))


def _build(place: Path, blackbox: str, name: str) -> None:
    try:
        build_family_image(place / FOLDER, blackbox, name, requirements=place / LOCK)
    except (RequirementsRefused, BuildFailed) as failed:
        raise Failure(
            f"Expected to build the image of the problem family {place.name} from {place}. {failed}"
        ) from failed
