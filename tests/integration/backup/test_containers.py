"""A stack's backup is made by the programs in its containers, so the host needs only Docker."""

import hashlib
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from arena.backup.blob_places import ContainerBlobs
from arena.backup.making import back_up
from arena.backup.platform_parts import PlatformParts, parts_of_stack
from arena.backup.restoring import restore
from arena.failure import Failure
from tests.support.backup.old_schemas import DATA
from tests.support.template_database import MIGRATIONS
from tests.support.waiting import LIMIT_S

ZIPS = {hashlib.sha256(content).hexdigest(): content for content in (b"a zip", b"another zip")}
APPLIED = "insert into schema_migrations values ('{versions}')"
SUBMITTED = """
    update submissions set blob_sha256 = '{sha256}' where team_id = (select id from teams where name = '{team}')
"""
FOLDER = "/var/lib/arena/blobs"


def docker(*arguments: str, given: bytes = b"") -> str:
    done = subprocess.run(["docker", *arguments], input=given, capture_output=True, check=True, timeout=LIMIT_S)
    return done.stdout.decode().strip()


@pytest.fixture
def project() -> Iterator[str]:
    """A database and a gateway's container as Compose labels them; no service runs in the second."""
    project = f"arena-test-{uuid.uuid4().hex[:12]}"
    images = {
        "postgres": ("--env=POSTGRES_PASSWORD=secret", "arena-postgres:local"),
        "gateway": ("arena-service:local", "sleep", "infinity"),
    }
    labels = {
        name: (f"--label=com.docker.compose.project={project}", f"--label=com.docker.compose.service={name}")
        for name in images
    }
    containers = [docker("run", "--detach", *labels[name], *image) for name, image in images.items()]
    try:
        yield project
    finally:
        docker("rm", "--force", "--volumes", *containers)


@pytest.fixture
def parts(project: str) -> PlatformParts:
    """Its database, with a competition of the first release migrated to this one, and its zips."""
    parts = parts_of_stack(project)
    _wait_for(parts)
    files = sorted(MIGRATIONS.glob("*.sql"))
    parts.programs.execute("create table schema_migrations (version text primary key)")
    for file in files:
        parts.programs.execute(file.read_text().partition("-- migrate:down")[0])
        if file == files[0]:
            parts.programs.execute((DATA / "0001.sql").read_text())
    versions = "'), ('".join(file.name.partition("_")[0] for file in files)
    parts.programs.execute(APPLIED.format(versions=versions))
    for team, sha256 in zip(("first", "second"), ZIPS, strict=True):
        parts.programs.execute(SUBMITTED.format(team=team, sha256=sha256))
    gateway = _container(project, "gateway")
    for sha256, content in ZIPS.items():
        docker("exec", "--interactive", gateway, "sh", "-c", f"cat >{FOLDER}/{sha256}", given=content)
    return parts


def _container(project: str, service: str) -> str:
    labels = (f"label=com.docker.compose.project={project}", f"label=com.docker.compose.service={service}")
    return docker("ps", "--quiet", "--filter", labels[0], "--filter", labels[1])


def _wait_for(parts: PlatformParts) -> None:
    ready = ["sh", "-c", "until pg_isready --quiet --host=127.0.0.1 --username=arena; do sleep 0.1; done"]
    subprocess.run([*parts.programs.prefix[:4], *ready], check=True, timeout=LIMIT_S)


def test_a_stack_is_backed_up_and_restored_through_its_containers(
    parts: PlatformParts, project: str, tmp_path: Path
) -> None:
    gateway = _container(project, "gateway")

    manifest = back_up(parts, tmp_path / "backup", print)
    docker("exec", gateway, "sh", "-c", f"rm {FOLDER}/*")
    with pytest.raises(Failure, match="3 in submissions"):
        restore(parts, tmp_path / "backup", print, set_aside=False)
    restore(parts, tmp_path / "backup", print, set_aside=True)

    assert {blob.sha256 for blob in manifest.blobs} == set(ZIPS)
    assert parts.programs.query("select count(*) as n from submissions") == [{"n": 3}]
    for sha256, content in ZIPS.items():
        assert docker("exec", gateway, "cat", f"{FOLDER}/{sha256}").encode() == content
    owners = docker("exec", gateway, "sh", "-c", f"ls -A {FOLDER} | wc -l; stat -c %U {FOLDER}/* | sort -u")
    assert owners.split() == ["2", "arena"], "only whole blobs, and the gateway's own"


def test_more_blobs_than_a_pipe_has_room_for_pass_through_the_container(project: str, tmp_path: Path) -> None:
    blobs = ContainerBlobs(("docker", "exec", "-i", _container(project, "gateway")))
    files = []
    for number in range(3000):
        content = f"zip {number} ".encode() * 100
        files.append(tmp_path / hashlib.sha256(content).hexdigest())
        files[-1].write_bytes(content)
    names = [file.name for file in files]

    blobs.write(files)

    assert blobs.find([*names, "0" * 64]) == set(names)
    assert {name: hashlib.sha256(b"".join(pieces)).hexdigest() for name, pieces in blobs.read(names)} == {
        name: name for name in names
    }


def test_a_stack_that_does_not_run_is_told_and_how_to_start_it() -> None:
    with pytest.raises(Failure, match="make up"):
        parts_of_stack("arena-test-none")
