"""How long the leaderboard takes right after a change, over reading one row by its primary key at the same moment."""

import random
import time
from collections.abc import Awaitable, Sequence
from pathlib import Path
from uuid import UUID

import httpx
from pydantic import SecretStr

from benchmarks.figure import Figure
from benchmarks.reading.bare import running_bare
from benchmarks.reading.rounds import Rounds
from benchmarks.stack.compose import broker_url
from benchmarks.stack.gateway import running_gateway
from services.gateway.leaderboard.reader import LeaderboardReader
from services.gateway.live.change_notifier import ChangeNotifier
from shared.broker.connection import Broker, connect_broker
from shared.database import Pool, load_queries
from shared.messages import PhaseChanged

queries = load_queries(Path(__file__).with_name("leaderboard.sql"))
TEAMS = 100
ROUNDS, CHANGES = 5, 200
"""Changes a round; each is followed by one read of each kind, in turns."""
BOARD = "/api/v1/competitions/bench/leaderboard"
ONE_ROW = "select id, change, frozen_at from phases where id = $1"
DRAW = random.Random(0)  # noqa: S311 - not a secret


async def timed(read: Awaitable[object]) -> float:
    """Return how many milliseconds a read takes."""
    start = time.perf_counter()
    await read
    return 1000 * (time.perf_counter() - start)


async def read_after_changes(pool: Pool, phase_id: UUID, running: Sequence[UUID]) -> list[Figure]:
    """Measure the reader in this process, on the same pool as the one-row read."""
    changes = ChangeNotifier()
    reader = LeaderboardReader(pool, changes, phase_id, present=False)
    first = await timed(reader.load())
    rounds = Rounds()
    for _ in range(ROUNDS):
        rounds.begin()
        for _ in range(CHANGES):
            await queries.change_submission(pool, id=DRAW.choice(running))
            changes.announce_all()
            rounds.bare[-1].append(await timed(pool.fetchrow(ONE_ROW, phase_id)))
            rounds.ours[-1].append(await timed(reader.load()))
    if (found := len((await reader.load()).rows)) != TEAMS:
        raise RuntimeError(f"expected {TEAMS} teams on the leaderboard, found {found}")
    return [
        Figure("leaderboard: first read of all teams", first, "ms", "", True),
        *figures("read after a change", "an indexed one-row read", rounds),
    ]


def figures(what: str, floor: str, rounds: Rounds) -> list[Figure]:
    """Return the figures of a kind of read."""
    (ours, bare), p99 = rounds.median(), rounds.ratio(99)
    return [
        Figure(f"leaderboard: {what}, p50", ours, "ms", "", True),
        Figure(f"leaderboard: {floor}, p50", bare, "ms", "", True),
        Figure(f"leaderboard: {what}, p99 over {floor}", p99, "ratio", "<= 3", p99 <= 3),
    ]


async def get_after_changes(url: str, pool: Pool, phase_id: UUID, running: Sequence[UUID]) -> list[Figure]:
    """Measure the route of a gateway, and that of a bare server which reads one row."""
    async with (
        running_gateway(url, broker_url()) as gateway,
        running_bare(url) as bare_url,
        connect_broker(SecretStr(broker_url())) as broker,
        httpx.AsyncClient(base_url=gateway.url, timeout=30) as http,
        httpx.AsyncClient(base_url=bare_url, timeout=30) as bare,
    ):
        changed, unchanged = Rounds(), Rounds()
        tag = ""

        async def read(number: int) -> float:
            """Return the milliseconds of the first answer that has a change."""
            nonlocal tag
            while True:
                start = time.perf_counter()
                answer = await http.get(BOARD)
                took = 1000 * (time.perf_counter() - start)
                if answer.raise_for_status().json()["change"] >= number:
                    tag = answer.headers["ETag"]
                    return took

        for number in range(ROUNDS + 1):  # the first one warms up
            changed.begin()
            unchanged.begin()
            for _ in range(CHANGES):
                change = await commit(pool, broker, DRAW.choice(running))
                changed.bare[-1].append(await timed(bare.get(f"/rows/{phase_id}")))
                changed.ours[-1].append(await read(change))
                unchanged.bare[-1].append(await timed(bare.get(f"/rows/{phase_id}")))
                unchanged.ours[-1].append(await timed(http.get(BOARD, headers={"If-None-Match": tag})))
            if number == 0:
                changed, unchanged = Rounds(), Rounds()
    return [
        *figures("GET after a change", "GET of one row from a bare server", changed),
        Figure("leaderboard: GET of what is unchanged, p99 over the same", unchanged.ratio(99), "ratio", "", True),
    ]


async def commit(pool: Pool, broker: Broker, submission_id: UUID) -> int:
    """Commit a change and announce it as the aggregator does; returns its number."""
    row = await queries.change_submission(pool, id=submission_id)
    await broker.publish([PhaseChanged(phase_id=row["phase_id"], change=row["change"])])
    number: int = row["change"]
    return number
