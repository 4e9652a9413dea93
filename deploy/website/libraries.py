"""Gets the libraries of package-lock.json from the npm registry, each held to the hash in it, without npm."""

import base64
import hashlib
import json
import os
import ssl
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
LOCK = Path(__file__).parent / "package-lock.json"
KEPT = ROOT / ".arena" / "npm"
"""The packages as they came. On a closed network, put them here by hand."""
ASSETS = ROOT / "services" / "gateway" / "website" / "assets"
SERVED = {"uplot": ("dist/uPlot.iife.min.js", "dist/uPlot.min.css", "LICENSE")}
"""The files of each package that the website serves."""
FOLDER = "node_modules/"
REGISTRY = "https://registry.npmjs.org"
TIMEOUT_S = 60


class LibraryMissing(Exception):
    """A library is not to be had; the message says what to do."""


@dataclass(frozen=True)
class Library:
    """A package as package-lock.json pins it."""

    name: str
    version: str
    url: str
    integrity: str
    license: str

    @property
    def file_name(self) -> str:
        """Return the name of the package's file."""
        return self.url.rsplit("/", 1)[1]

    def is_in(self, package: bytes) -> bool:
        """Return whether these bytes are the package that is pinned."""
        return self.integrity == f"sha512-{base64.b64encode(hashlib.sha512(package).digest()).decode()}"


def pinned_libraries() -> list[Library]:
    """Return the libraries in the lock."""
    packages = json.loads(LOCK.read_text())["packages"]
    return [
        Library(path.removeprefix(FOLDER), each["version"], each["resolved"], each["integrity"], each["license"])
        for path, each in packages.items()
        if path.startswith(FOLDER)
    ]


def install_libraries(kept: Path = KEPT, assets: Path = ASSETS, registry: str | None = None) -> None:
    """Put the files that the website serves into its assets; does nothing if they are. Raises LibraryMissing."""
    registry = registry or os.environ.get("NPM_CONFIG_REGISTRY") or REGISTRY
    for library in pinned_libraries():
        path = kept / library.file_name
        package = path.read_bytes() if path.exists() else b""
        if not library.is_in(package):
            package = _download(library, path, registry)
            _write(path, package)
        for name, content in _served_files(library, package):
            place = assets / library.name / name
            if not place.exists() or place.read_bytes() != content:
                _write(place, content)


def _download(library: Library, path: Path, registry: str) -> bytes:
    url = library.url.replace(REGISTRY, registry.rstrip("/"), 1)
    sys.stderr.write(f"website: getting {library.name} {library.version}\n")
    try:
        answer = httpx.get(
            url, timeout=TIMEOUT_S, follow_redirects=True, verify=ssl.create_default_context()
        ).raise_for_status()
    except httpx.HTTPError as error:
        raise LibraryMissing(
            f"website: expected {url}, got {error!r}; set NPM_CONFIG_REGISTRY to a mirror of the npm registry, "
            f"or put the file at {path}, and run this command again"
        ) from error
    if not library.is_in(answer.content):
        raise LibraryMissing(f"website: expected {url} with the hash in {LOCK}, got another file; nothing was changed")
    return answer.content


def _served_files(library: Library, package: bytes) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=BytesIO(package)) as archive:
        for member in SERVED[library.name]:
            found = archive.extractfile(f"package/{member}")
            if found is None:
                raise LibraryMissing(f"website: expected the file {member} in {library.file_name}, got another kind")
            yield member.rsplit("/", 1)[-1], found.read()


def _write(place: Path, content: bytes) -> None:
    """Write a file that others may be reading or writing at this moment."""
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_name(f".{place.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(place)
