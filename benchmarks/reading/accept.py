"""The latency of submitting, over that of a bare route which writes the same file and one row."""

import asyncio
import hashlib
import io
import os
import time
import uuid
import zipfile

import httpx
import numpy as np
from pydantic import SecretStr

from benchmarks.figure import Figure
from benchmarks.reading.bare import running_bare
from benchmarks.reading.leaderboard import new_database, queries
from benchmarks.reading.rounds import Rounds
from benchmarks.stack.compose import broker_url, postgres_url
from benchmarks.stack.gateway import running_gateway
from benchmarks.stack.platform import RANDOM_SEARCH
from shared.database import Pool, connect_database

POSTS_PER_SECOND = 50
ROUNDS, SECONDS = 5, 6
ZIP_BYTES = 100_000
TEAMS = 20
"""Who submit in turns, because a team may have few uploads at once."""
BOUNDARY = uuid.uuid4().hex
FORM = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="phase"\r\n\r\nbench\r\n'
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="optimizer.zip"\r\n'
    "Content-Type: application/zip\r\n\r\n"
).encode()
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


async def accept() -> list[Figure]:
    """Measure POSTs of different zips of 100 kB that are sent at a fixed rate without waiting for earlier ones.

    The gateway and the bare server take turns; both write to the same Postgres and the same disk.
    """
    async with (
        new_database(postgres_url()) as url,
        await connect_database(SecretStr(url)) as pool,
        running_gateway(url, broker_url()) as gateway,
        running_bare(url) as bare,
        httpx.AsyncClient(base_url=gateway.url, timeout=30) as ours,
        httpx.AsyncClient(base_url=bare, timeout=30) as theirs,
    ):
        await make_teams(pool)
        forms = [form_of(ZIP_BYTES) for _ in range(POSTS_PER_SECOND * SECONDS)]
        rounds = Rounds()
        for number in range(ROUNDS + 1):  # the first one warms up
            rounds.begin()
            rounds.ours[-1] = await post_at_rate(ours, "/api/v1/competitions/bench/submissions", forms)
            rounds.bare[-1] = await post_at_rate(theirs, "/submissions", forms)
            if number == 0:
                rounds = Rounds()
    (ours_ms, bare_ms), ratio = rounds.median(), rounds.ratio(99)
    p99 = float(np.percentile(np.concatenate(rounds.ours), 99))
    return [
        Figure("accept: POST of a 100 kB zip at 50/s, p50", ours_ms, "ms", "", True),
        Figure("accept: POST of a 100 kB zip at 50/s, p99", p99, "ms", "", True),
        Figure("accept: the same to a bare server, p50", bare_ms, "ms", "", True),
        Figure("accept: p99 over that of a bare server", ratio, "ratio", "<= 2", ratio <= 2),
    ]


async def make_teams(pool: Pool) -> None:
    """Make a competition, and give some of its teams a token: their numbers."""
    await queries.insert_phase(pool)
    teams = await pool.fetch("select id from teams limit $1", TEAMS)
    await pool.executemany(
        "insert into tokens (hash, role, team_id, scopes) values ($1, 'team', $2, '{read,submit}')",
        [(hashlib.sha256(str(number).encode()).digest(), team["id"]) for number, team in enumerate(teams)],
    )


async def post_at_rate(http: httpx.AsyncClient, path: str, forms: list[bytes]) -> list[float]:
    """Return the milliseconds of each POST."""
    took: list[float] = []
    begin = time.perf_counter() + 0.1

    async def post(number: int, form: bytes) -> None:
        at = begin + number / POSTS_PER_SECOND
        headers = {"Content-Type": CONTENT_TYPE, "Authorization": f"Bearer {number % TEAMS}"}
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        start = time.perf_counter()
        answer = await http.post(path, content=form, headers=headers)
        took.append(1000 * (time.perf_counter() - start))
        answer.raise_for_status()

    async with asyncio.TaskGroup() as tasks:
        for number, form in enumerate(forms):
            tasks.create_task(post(number, form))
    return took


def form_of(size: int) -> bytes:
    """Return the body of an upload of an optimizer with so many bytes of data, which are no other upload's."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.write(RANDOM_SEARCH / "optimizer.py", "optimizer.py")
        archive.writestr("data.bin", os.urandom(size))
    return FORM + buffer.getvalue() + f"\r\n--{BOUNDARY}--\r\n".encode()
