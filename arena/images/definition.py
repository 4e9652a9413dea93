"""What an image is made of: its Dockerfile says so. FROM names its parent, COPY the files that it needs.

A Dockerfile in here has one stage, and a line for each COPY; files are named from the folder that holds the package.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from packaging.utils import canonicalize_name

from arena.images.debian import RELEASES, find_suite
from arena.package_data import IMAGES
from arena.words.environments import DEFAULT_ENVIRONMENT, ENVIRONMENT_LABEL, FAMILY_LABEL

ENVIRONMENT = re.compile(rf"^LABEL {re.escape(ENVIRONMENT_LABEL)}=(\S+)$", re.MULTILINE)
FAMILY = re.compile(rf"^LABEL {re.escape(FAMILY_LABEL)}=(\S+)$", re.MULTILINE)
PACKAGE_LISTS = ("debian.txt", "requirements.lock")
"""Files beside a Dockerfile that list packages; of one that both list, the later is what Python imports."""
LISTED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
PARENT = re.compile(r"^FROM arena-([a-z]+):local$", re.MULTILINE)
COPY = re.compile(r"^COPY (.+) \S+$", re.MULTILINE)
CERTIFICATES = "certificates"
"""A source that stands for the certificate authorities which this host has beside its distribution's."""
HOST_CERTIFICATES = Path("/usr/local/share/ca-certificates")
SKIPPED = "__pycache__"


@dataclass(frozen=True)
class Definition:
    """An image's Dockerfile, and the folder that the files it copies are in."""

    name: str
    dockerfile: Path
    root: Path

    @property
    def tag(self) -> str:
        """Return the name that the engine knows the image by."""
        return f"arena-{self.name}:local"

    @cached_property
    def text(self) -> str:
        """Return the Dockerfile's text."""
        return self.dockerfile.read_text()

    @property
    def parent(self) -> str | None:
        """Return the name of the image that this one is built on, if it is one of ours."""
        found = PARENT.search(self.text)
        return found[1] if found else None

    @property
    def environment(self) -> str | None:
        """Return the name of the environment that the image is, if it is one."""
        found = ENVIRONMENT.search(self.text)
        return found[1] if found else None

    @property
    def packages(self) -> dict[str, str]:
        """Return the Python packages in the image: version by name."""
        lists = [path.read_text() for name in PACKAGE_LISTS if (path := self.dockerfile.with_name(name)).exists()]
        found = {canonicalize_name(name): version for text in lists for name, version in LISTED.findall(text)}
        return {str(name): version for name, version in sorted(found.items())}

    @property
    def sources(self) -> list[str]:
        """Return the files and folders that the image has copies of."""
        return [source.rstrip("/") for line in COPY.findall(self.text) for source in line.split()]

    def inputs(self) -> Iterator[tuple[str, Path]]:
        """Yield every file that goes into the image: its name in the build's context, and where it is."""
        for source in self.sources:
            place = HOST_CERTIFICATES if source == CERTIFICATES else self.root / source
            if place.is_file():
                yield source, place
            for path in sorted(place.rglob("*")):
                if path.is_file() and SKIPPED not in path.parts:
                    yield f"{source}/{path.relative_to(place)}", path

    def content_hash(self) -> str:
        """Return the hash of the Dockerfile and of the inputs, without the parent's."""
        digest = hashlib.sha256(self.text.encode())
        for name, path in self.inputs():
            content = path.read_bytes()
            digest.update(f"\0{name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()


def find_definitions(folder: Path, root: Path) -> dict[str, Definition]:
    """Return the definitions in a folder, by name: each is a folder with a Dockerfile."""
    return {path.parent.name: Definition(path.parent.name, path, root) for path in sorted(folder.glob("*/Dockerfile"))}


def installed_definitions() -> dict[str, Definition]:
    """Return the images of a study, and those that they are built on."""
    return find_definitions(IMAGES, IMAGES.parent.parent)


def find_environments() -> dict[str, Definition]:
    """Return the environments, by name; the default one first."""
    found = {each.environment: each for each in installed_definitions().values() if each.environment}
    return dict(sorted(found.items(), key=lambda item: (item[0] != DEFAULT_ENVIRONMENT, item[0])))


def find_families() -> dict[str, Definition]:
    """Return the problem families that come with the package, by name."""
    labelled = ((FAMILY.search(each.text), each) for each in installed_definitions().values())
    return {label[1]: each for label, each in labelled if label}


def find_release(definition: Definition) -> tuple[str, int]:
    """Return the version of CPython, and the minor version of glibc 2, that an image of ours has."""
    known = installed_definitions()
    while definition.parent:
        definition = known[definition.parent]
    suite = find_suite(definition.text)
    assert suite, definition.dockerfile  # noqa: S101 - every image of a study is built on Debian
    return RELEASES[suite]


def with_parents(definitions: dict[str, Definition], names: Iterable[str]) -> dict[str, set[str]]:
    """Return the graph of what must be there for these images: an image's parents by its name."""
    graph: dict[str, set[str]] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        parent = definitions[name].parent
        graph[name] = {parent} if parent else set()
        waiting += graph[name] - graph.keys()
    return graph


def full_hash(definitions: dict[str, Definition], name: str) -> str:
    """Return the hash of an image's content and of its parents'."""
    own, parent = definitions[name].content_hash(), definitions[name].parent
    return own if parent is None else hashlib.sha256(f"{own}{full_hash(definitions, parent)}".encode()).hexdigest()
