"""Zips that are accepted, and teams that send them."""

import io
import zipfile

import httpx

from shared.database import Pool
from tests.support.gateway.running import Gateway


def make_zip(content: bytes = b"class Optimizer: ...", name: str = "optimizer.py") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), content)  # a fixed date, so that the same content gives the same zip
    return buffer.getvalue()


async def submit(
    client: httpx.AsyncClient, content: bytes | None = None, *, slug: str = "c", key: str | None = None, **form: str
) -> httpx.Response:
    return await client.post(
        f"/api/v1/competitions/{slug}/submissions",
        files={"file": ("optimizer.zip", make_zip() if content is None else content, "application/zip")},
        data=form,
        headers={"Idempotency-Key": key} if key else {},
    )


async def teams_with_submissions(gateway: Gateway, *names: str) -> dict[str, str]:
    """Return a submission of each team."""
    submissions = {}
    for name in names:
        answer = await submit(await gateway.team(name), phase="feedback")
        submissions[name] = answer.raise_for_status().json()["id"]
    return submissions


async def count_submissions(pool: Pool) -> int:
    """How many submissions there are."""
    number: int = await pool.fetchval("select count(*) from submissions")
    return number
