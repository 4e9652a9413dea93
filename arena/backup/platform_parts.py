"""Which database and blobs a command is about: the stack on this machine, a cluster's, or others by their URLs."""

import subprocess
from dataclasses import dataclass

from arena.backup.blob_places import BlobPlace, ContainerBlobs, open_blobs
from arena.backup.programs import Programs
from arena.failure import Failure


@dataclass(frozen=True)
class PlatformParts:
    """What is backed up, and restored to."""

    programs: Programs
    blobs: BlobPlace


def parts_by_url(database: str, blobs: str, token: str | None) -> PlatformParts:
    """Return a database and blobs by their URLs; PostgreSQL's programs run here."""
    return PlatformParts(Programs.of_url(database), open_blobs(blobs, token))


def parts_of_stack(project: str) -> PlatformParts:
    """Return those of a stack of Compose on this machine, whose containers have what is needed."""
    postgres, gateway = (("docker", "exec", "-i", _container(project, name)) for name in ("postgres", "gateway"))
    return PlatformParts(Programs.of_container(postgres), ContainerBlobs(gateway))


def parts_of_cluster(namespace: str) -> PlatformParts:
    """Return those of a cluster whose database and blobs are in it, by your kubectl."""
    execute = ("kubectl", "--namespace", namespace, "exec", "-i")
    return PlatformParts(
        Programs.of_container((*execute, "statefulset/postgres", "--")),
        ContainerBlobs((*execute, "deployment/gateway", "--")),
    )


def _container(project: str, service: str) -> str:
    labels = (f"com.docker.compose.project={project}", f"com.docker.compose.service={service}")
    command = ["docker", "ps", "--quiet", *(word for label in labels for word in ("--filter", f"label={label}"))]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError as error:
        raise Failure("Expected Docker on the PATH, found none. Elsewhere, give --database and --blobs.") from error
    if found.returncode != 0 or not found.stdout.split():
        raise Failure(
            f"Expected the running container '{service}' of the stack '{project}', found none {found.stderr.strip()}. "
            "Start the stack with 'make up', or give --database and --blobs, or --namespace for a cluster."
        )
    return found.stdout.split()[0]
