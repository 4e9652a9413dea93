"""A real S3 server on loopback: OpenStack Swift, in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import obstore
from obstore.store import S3Store

from tests.support.plain_http import TRUSTS_NOBODY
from tests.support.s3.credentials import ACCESS_KEY, REGION, SECRET
from tests.support.stack import ROOT
from tests.support.waiting import LIMIT_S, wait_until


@dataclass(frozen=True)
class ObjectStore:
    """The S3 server on a port of loopback."""

    port: int

    def environment(self, *, secret: str = SECRET, port: int | None = None) -> dict[str, str]:
        """Return what a service is given to reach it, on another port if something is between them."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port or self.port}",
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": secret,
        }

    def make_bucket(self, name: str) -> str:
        """Make a bucket and return its URL. obstore makes none, but signs the request for one."""
        store = S3Store(
            name,
            endpoint=f"http://127.0.0.1:{self.port}",
            region=REGION,
            access_key_id=ACCESS_KEY,
            secret_access_key=SECRET,
            client_options={"allow_http": True},
        )
        url = obstore.sign(store, "PUT", "", timedelta(minutes=5))
        httpx.put(url, timeout=LIMIT_S, verify=TRUSTS_NOBODY).raise_for_status()
        return f"s3://{name}"


@contextmanager
def running_object_store(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the server with its data in a folder."""
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "tests.support.s3.swift_server", str(folder)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait(timeout=LIMIT_S)


async def find_object_store(folder: Path, process: subprocess.Popen[bytes]) -> ObjectStore:
    """Return the server once it listens."""

    async def listens() -> bool:
        assert process.poll() is None, (folder / "log").read_text()[-3000:]
        return (folder / "port").exists()

    await wait_until(listens, what="the S3 server listens")
    return ObjectStore(int((folder / "port").read_text()))
