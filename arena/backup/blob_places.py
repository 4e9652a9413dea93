"""Where a platform's blobs are: a folder, a bucket, behind the gateway, or in the gateway's container."""

import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import unquote, urlsplit

import httpx

from arena.backup.manifest import PIECE_BYTES
from arena.failure import Failure

Blob = tuple[str, Iterable[bytes]]
"""Its name, and its content in pieces, which is read before the next blob is asked for."""
TIMEOUT = httpx.Timeout(60, connect=5)
IN_CONTAINER = "/var/lib/arena/blobs"
LIST = f'cd {IN_CONTAINER} && find . -maxdepth 1 -type f -printf "%f\\n"'
PACK = f"tar --directory={IN_CONTAINER} --create --files-from=-"
UNPACK = (
    f"cd {IN_CONTAINER} && rm -rf .restoring && mkdir .restoring"
    " && tar --directory=.restoring --extract --no-same-owner"
    " && find .restoring -type f -exec mv --target-directory=. {} + && rmdir .restoring"
)
"""A blob gets its name when all of it is there."""


class BlobPlace(Protocol):
    """Reads and writes blobs by their names."""

    def find(self, names: Sequence[str]) -> set[str]:
        """Return which of these blobs are there."""

    def read(self, names: Sequence[str]) -> Iterator[Blob]:
        """Yield these blobs, but for those that are gone."""

    def write(self, files: Sequence[Path]) -> None:
        """Store files, each named after the blob that it is."""


class FolderBlobs:
    """A folder of this machine: `file://`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, names: Sequence[str]) -> set[str]:
        """Return which of these blobs are there."""
        return {name for name in names if (self._folder / name).is_file()}

    def read(self, names: Sequence[str]) -> Iterator[Blob]:
        """Yield these blobs, but for those that are gone."""
        for name in names:
            try:
                with (self._folder / name).open("rb") as file:
                    yield name, _pieces(file)
            except FileNotFoundError:
                continue

    def write(self, files: Sequence[Path]) -> None:
        """Store files; each gets its name when all of it is there."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            unfinished = self._folder / f".{file.name}.unfinished"
            with file.open("rb") as source, unfinished.open("wb") as target:
                while piece := source.read(PIECE_BYTES):
                    target.write(piece)
                target.flush()
                os.fsync(target.fileno())
            unfinished.replace(self._folder / file.name)


class BucketBlobs:
    """A bucket: `s3://`, with the AWS_ variables that every S3 client reads."""

    def __init__(self, url: str) -> None:
        try:
            import obstore  # noqa: PLC0415 - of an extra, and heavy
            from obstore.store import from_url  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise Failure(
                "Expected the extra 'backup' of arena, which brings obstore; it is not installed. For blobs in a "
                "bucket, install it with: pip install 'arena[backup]'."
            ) from error
        self._obstore = obstore
        self._store: Any = from_url(url, client_options={"allow_http": True})

    def find(self, names: Sequence[str]) -> set[str]:
        """Return which of these blobs are there."""
        there = {entry["path"] for page in self._obstore.list(self._store) for entry in page}
        return there.intersection(names)

    def read(self, names: Sequence[str]) -> Iterator[Blob]:
        """Yield these blobs, but for those that are gone."""
        for name in names:
            try:
                answer = self._obstore.get(self._store, name)
            except FileNotFoundError:
                continue
            yield name, (bytes(piece) for piece in answer.stream(min_chunk_size=PIECE_BYTES))

    def write(self, files: Sequence[Path]) -> None:
        """Store files; the store shows each when all of it is there."""
        for file in files:
            self._obstore.put(self._store, file.name, file)


class GatewayRoute:
    """The gateway's route for runners: `https://`. It only reads."""

    def __init__(self, url: str, token: str | None) -> None:
        if token is None:
            raise Failure(
                "Expected a runner's token in ARENA_BLOB_TOKEN to read blobs from the gateway, got none; an organizer "
                "makes one with 'arena token create --runner'."
            )
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}

    def find(self, names: Sequence[str]) -> set[str]:
        """Return all: whether a blob is there, only reading it tells."""
        return set(names)

    def read(self, names: Sequence[str]) -> Iterator[Blob]:
        """Yield these blobs, but for those that are gone."""
        with httpx.Client(base_url=self._url, headers=self._headers, timeout=TIMEOUT) as client:
            for name in names:
                try:
                    with client.stream("GET", f"/api/v1/blobs/{name}") as answer:
                        if answer.status_code == httpx.codes.NOT_FOUND:
                            continue
                        answer.raise_for_status()
                        yield name, answer.iter_bytes(PIECE_BYTES)
                except httpx.HTTPError as error:
                    raise Failure(
                        f"Cannot read blob {name} from {self._url}: {error}. Check ARENA_BLOB_TOKEN."
                    ) from error

    def write(self, files: Sequence[Path]) -> None:
        """Refuse to."""
        if files:
            raise Failure(
                "Expected a place that blobs can be written to, got the gateway's address, which only reads. Give the "
                "blob store itself: --blobs file:///FOLDER or --blobs s3://BUCKET."
            )


class ContainerBlobs:
    """The folder in the gateway's container, into which this command gets; its programs are `find` and `tar`."""

    def __init__(self, execute: tuple[str, ...]) -> None:
        self._execute = execute

    def _start(self, script: str, **pipes: Any) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([*self._execute, "sh", "-c", script], **pipes)  # noqa: S603

    def find(self, names: Sequence[str]) -> set[str]:
        """Return which of these blobs are there."""
        process = self._start(LIST, stdout=subprocess.PIPE)
        output, _ = process.communicate()
        _check(process)
        return set(output.decode().split()).intersection(names)

    def read(self, names: Sequence[str]) -> Iterator[Blob]:
        """Yield these blobs, which all have to be there."""
        if not names:
            return
        with tempfile.TemporaryFile() as listed:  # and no pipe, which tar would stop reading while it writes
            listed.write("".join(f"{name}\n" for name in names).encode())
            listed.seek(0)
            process = self._start(PACK, stdin=listed, stdout=subprocess.PIPE)
            with tarfile.open(fileobj=process.stdout, mode="r|") as archive:
                for member in archive:
                    file = archive.extractfile(member)
                    if file is not None:
                        yield member.name, _pieces(file)
            _check(process)

    def write(self, files: Sequence[Path]) -> None:
        """Store files; each gets its name when all are there."""
        if not files:
            return
        process = self._start(UNPACK, stdin=subprocess.PIPE)
        try:
            with tarfile.open(fileobj=process.stdin, mode="w|") as archive:
                for file in files:
                    archive.add(file, arcname=file.name, recursive=False)
        finally:
            process.communicate()
        _check(process)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: file.read(PIECE_BYTES), b"")


def _check(process: "subprocess.Popen[bytes]") -> None:
    if process.wait() != 0:
        raise Failure(
            "The gateway's container did not hand over its blobs; see above. Is it running? 'make up' starts it."
        )


def open_blobs(url: str, token: str | None) -> BlobPlace:
    """Return the place that a URL names."""
    parts = urlsplit(url)
    match parts.scheme:
        case "file":
            return FolderBlobs(Path(unquote(parts.path)))
        case "s3":
            return BucketBlobs(url)
        case "http" | "https":
            return GatewayRoute(url, token)
    raise Failure(f"Expected blobs at file:///FOLDER, s3://BUCKET or https://GATEWAY, got {url}.")
