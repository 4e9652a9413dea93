"""A stack's backup is made by the programs in its containers, so the host needs only Docker."""

import asyncio
import hashlib
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from arena.backup.blob_places import ContainerBlobs
from arena.backup.making import back_up
from arena.backup.platform_parts import PlatformParts, parts_of_stack
from arena.backup.programs import Programs
from arena.backup.restoring import restore
from arena.failure import Failure
from shared.database import Pool
from tests.support.backup.platforms import SeededPlatform, databases_beside, drop_database, seed_platform
from tests.support.compose import containers_of
from tests.support.waiting import LIMIT_S

FOLDER = "/var/lib/arena/blobs"


def docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, check=True, timeout=LIMIT_S)
    return done.stdout.decode().strip()


@pytest.fixture
def project() -> Iterator[str]:
    """Containers that Compose would label as those of a stack; nothing runs in them."""
    project = f"arena-test-{uuid.uuid4().hex[:12]}"
    containers = []
    for service in ("postgres", "gateway"):
        labels = [f"--label=com.docker.compose.{key}" for key in (f"project={project}", f"service={service}")]
        containers.append(docker("run", "--detach", "--init", *labels, "arena-service:local", "sleep", "infinity"))
    try:
        yield project
    finally:
        docker("rm", "--force", "--volumes", *containers)


@pytest.fixture
def gateway(project: str) -> str:
    [container] = containers_of(project, "gateway")
    return container


@pytest.fixture
async def platform(pool: Pool, database_url: str, tmp_path: Path) -> SeededPlatform:
    return await seed_platform(pool, database_url, tmp_path / "blobs")


@pytest.fixture
def parts(platform: SeededPlatform, project: str) -> PlatformParts:
    """The gateway's container, with the zips, and this test's database by the programs in the server's container."""
    [postgres] = containers_of("arena-test", "postgres")
    programs = Programs.of_container(("docker", "exec", "-i", postgres))
    parts = PlatformParts(
        replace(programs, database=platform.database_url.rsplit("/", 1)[1]), parts_of_stack(project).blobs
    )
    parts.blobs.write(sorted(platform.blobs.iterdir()))
    return parts


async def test_a_stack_is_backed_up_and_restored_through_its_containers(
    parts: PlatformParts, platform: SeededPlatform, gateway: str, pool: Pool, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    manifest = await asyncio.to_thread(back_up, parts, folder, print)
    docker("exec", gateway, "sh", "-c", f"rm {FOLDER}/*")
    with pytest.raises(Failure, match="3 in submissions"):
        await asyncio.to_thread(restore, parts, folder, print, set_aside=False)

    await asyncio.to_thread(restore, parts, folder, print, set_aside=True)

    assert {blob.sha256 for blob in manifest.blobs} == set(platform.submissions)
    assert await pool.fetchval("select count(*) from submissions") == 3
    for sha256 in platform.submissions:
        content = docker("exec", gateway, "cat", f"{FOLDER}/{sha256}").encode()
        assert hashlib.sha256(content).hexdigest() == sha256
    owners = docker("exec", gateway, "sh", "-c", f"ls -A {FOLDER} | wc -l; stat -c %U {FOLDER}/* | sort -u")
    assert owners.split() == ["3", "arena"], "only whole blobs, and the gateway's own"
    for aside in await databases_beside(platform.database_url):
        await drop_database(f"/{aside}")


def test_more_blobs_than_a_pipe_has_room_for_pass_through_the_container(gateway: str, tmp_path: Path) -> None:
    blobs = ContainerBlobs(("docker", "exec", "-i", gateway))
    files = []
    for number in range(3000):
        content = f"zip {number} ".encode() * 100
        files.append(tmp_path / hashlib.sha256(content).hexdigest())
        files[-1].write_bytes(content)
    names = [file.name for file in files]

    blobs.write(files)

    assert blobs.find([*names, "0" * 64]) == set(names)
    read = {name: hashlib.sha256(b"".join(pieces)).hexdigest() for name, pieces in blobs.read(names)}
    assert read == {name: name for name in names}


def test_a_stack_that_does_not_run_is_told_and_how_to_start_it() -> None:
    with pytest.raises(Failure, match="make up"):
        parts_of_stack("arena-test-none")
