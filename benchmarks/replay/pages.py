"""How fast pages, routes and feeds answer when a replay has ended."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
import numpy as np
from websockets.asyncio.client import connect

from benchmarks.replay.competition import BOARDS, FEEDBACK, FINAL, SLUG

Call = Callable[[], Awaitable[int]]
"""Asks once, and returns how many bytes came."""
CALLS = 40
GOAL_MS = 100.0


@dataclass(frozen=True)
class PageTime:
    """The milliseconds of a page, route or feed: of the first call, and of others one after another."""

    name: str
    first_ms: float
    p50_ms: float
    worst_ms: float
    size_bytes: int


async def measure_pages(http: httpx.AsyncClient, submission: str, team_token: str) -> list[PageTime]:
    """Ask for each a number of times."""
    calls = _calls_of_2020(http, submission, team_token) | _calls_of_views(http)
    return [await _measure(name, call) for name, call in calls.items()]


def _calls_of_2020(http: httpx.AsyncClient, submission: str, team_token: str) -> dict[str, Call]:
    """What a competition like that of 2020 is looked at by."""
    team = {"Authorization": f"Bearer {team_token}"}
    competition, admin = f"/api/v1/competitions/{SLUG}", "/api/v1/admin"

    def get(path: str, headers: dict[str, str] | None = None) -> Call:
        return _get(http, path, headers)

    return {
        "leaderboard, page": get(f"/c/{SLUG}?phase={FEEDBACK}"),
        "leaderboard, route": get(f"{competition}/leaderboard?phase={FEEDBACK}"),
        "leaderboard, live snapshot": _snapshot(http, f"{competition}/live?phase={FEEDBACK}"),
        "submission, page": get(f"/submissions/{submission}"),
        "submission, route": get(f"/api/v1/submissions/{submission}"),
        "submission, live snapshot": _snapshot(http, f"/api/v1/submissions/{submission}/live"),
        "submissions of a team, page": get(f"/c/{SLUG}/submissions", team),
        "submissions of a team, route": get(f"{competition}/submissions?phase={FEEDBACK}", team),
        "submissions of all, route": get(f"{competition}/submissions?phase={FEEDBACK}"),
        "console, page": get(f"/c/{SLUG}/console"),
        "console, overview": get(f"{admin}/overview"),
        "console, runners": get(f"{admin}/runners"),
        "console, spending": get(f"{admin}/competitions/{SLUG}/spending"),
        "executions, page": get(f"/c/{SLUG}/console/executions"),
        "executions, route": get(f"{admin}/executions?competition={SLUG}"),
        "executions of a team, route": get(f"{admin}/executions?competition={SLUG}&team=team-01"),
        "executions of a submission, route": get(f"{admin}/executions?submission={submission}"),
        "metrics": get("/metrics"),
    }


def _calls_of_views(http: httpx.AsyncClient) -> dict[str, Call]:
    """Charts, boards, and figures at any budget."""
    competition = f"/api/v1/competitions/{SLUG}"
    paths = {
        "head-to-head, route": f"{competition}/head-to-head?phase={FEEDBACK}&a=team-01&b=team-02",
        "counters, route": "/api/v1/counters",
        "performance of the final, route": f"{competition}/performance?phase={FINAL}",
    }
    for page in ("performance", "days", "boxes"):
        paths[f"{page}, page"] = f"/c/{SLUG}/{page}?phase={FEEDBACK}"
        paths[f"{page}, route"] = f"{competition}/{page}?phase={FEEDBACK}"
    for board in BOARDS:
        paths[f"board {board['name']}, route"] = f"{competition}/boards/{board['name']}"
    for phase in (FEEDBACK, FINAL):
        paths[f"generalization of {phase}, route"] = f"{competition}/generalization?phase={phase}"
    return {name: _get(http, path) for name, path in paths.items()}


def _get(http: httpx.AsyncClient, path: str, headers: dict[str, str] | None = None) -> Call:
    async def call() -> int:
        answer = await http.get(path, headers=headers)
        answer.raise_for_status()
        return len(answer.content)

    return call


async def _measure(name: str, call: Call) -> PageTime:
    times = []
    for _ in range(1 + CALLS):
        start = time.perf_counter()
        size = await call()
        times.append(1000 * (time.perf_counter() - start))
    return PageTime(name, times[0], float(np.median(times[1:])), max(times[1:]), size)


def _snapshot(http: httpx.AsyncClient, path: str) -> Call:
    url = f"ws{str(http.base_url).removeprefix('http').rstrip('/')}{path}"

    async def call() -> int:
        headers = {"Authorization": http.headers["Authorization"]}
        async with connect(url, additional_headers=headers, max_size=None) as feed:
            return len(await feed.recv())

    return call
