"""The competition of a replay, and what its teams, its organizer and its watchers ask of the platform."""

import asyncio
import io
import json
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx
from websockets.asyncio.client import connect

from benchmarks.replay.plan.arrivals import Arrival
from benchmarks.replay.plan.boxes import PublicBox
from benchmarks.replay.plan.size import ReplaySize
from benchmarks.stack.platform import BASELINE, RANDOM_SEARCH

SLUG, FEEDBACK, FINAL, REHEARSAL = "replay-2020", "feedback", "final", "rehearsal"
BASELINE_NAME = "official"
BOARDS = (
    {"name": "after-four", "title": "After four iterations", "phase": FEEDBACK, "after_iterations": 4},
    {"name": "generalization", "title": "Generalization", "phase": FEEDBACK, "objective": "generalization"},
)
TRIES = 12
"""As often as `arena submit` asks a platform that is unavailable, about a minute."""


@dataclass
class ReplayCompetition:
    """A competition with all of its boxes, half of them in the feedback phase and half in the final."""

    http: httpx.AsyncClient
    tokens: list[str] = field(default_factory=list)
    put_off: list[str] = field(default_factory=list)
    """What the platform said whenever it could not take a zip and asked to try again soon."""

    async def create(self, size: ReplaySize, boxes: Sequence[PublicBox]) -> None:
        """Create the competition, and its teams' tokens."""
        body = {"name": BASELINE_NAME, "source": "2020", "document": json.loads(BASELINE.read_text())}
        (await self.http.post("/api/v1/admin/baselines", json=body)).raise_for_status()
        labels = [f"box-{number:02}" for number in range(1, len(boxes) + 1)]
        first, second = labels[: size.boxes], labels[size.boxes :]
        document = {
            "name": "2020 again",
            "seed": SLUG,
            "black_boxes": [
                {"label": label, "model": box.model, "dataset": box.dataset, "metric": box.metric}
                for label, box in zip(labels, boxes, strict=True)
            ],
            "phases": [
                _phase(REHEARSAL, first, size.studies, size.studies_per_shard),
                _phase(FEEDBACK, first, size.studies, size.studies_per_shard),
                _phase(FINAL, second, size.final_studies, 1) | {"visibility": "organizer"},
            ],
            "boards": BOARDS,
        }
        (await self.http.put(f"/api/v1/admin/competitions/{SLUG}", json=document)).raise_for_status()
        for number in range(size.teams):
            answer = await self.http.post(
                f"/api/v1/admin/competitions/{SLUG}/teams", json={"name": f"team-{number:02}"}
            )
            answer.raise_for_status()
            self.tokens.append(answer.json()["token"])

    async def submit(self, team: int, number: int, phase: str = FEEDBACK) -> str:
        """Send a zip of which there is no other, again if the platform asks for that; returns the submission's id."""
        for _ in range(TRIES):
            answer = await self.http.post(
                f"/api/v1/competitions/{SLUG}/submissions",
                files={"file": (f"attempt-{number}.zip", make_zip(phase, number), "application/zip")},
                data={"phase": phase},
                headers={"Authorization": f"Bearer {self.tokens[team]}", "Idempotency-Key": f"{phase}-{number}"},
            )
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            self.put_off.append(answer.text)
            await asyncio.sleep(float(answer.headers["Retry-After"]))
        answer.raise_for_status()
        identity: str = answer.json()["id"]
        return identity

    async def start_final(self, size: ReplaySize) -> None:
        """Send the best teams' submissions into the final."""
        body = {"from": FEEDBACK, "phase": FINAL, "top": size.finalists, "studies": size.final_studies}
        answer = await self.http.post(f"/api/v1/admin/competitions/{SLUG}/final", json=body)
        answer.raise_for_status()

    async def watch(self, stop: asyncio.Event) -> int:
        """Follow the leaderboard until `stop`; returns how many changes came."""
        url = f"ws{str(self.http.base_url).removeprefix('http').rstrip('/')}/api/v1/competitions/{SLUG}/live"
        received = 0
        async with connect(f"{url}?phase={FEEDBACK}", max_size=None) as feed:
            while not stop.is_set():
                try:
                    async with asyncio.timeout(1):
                        await feed.recv()
                    received += 1
                except TimeoutError:
                    continue
        return received


@dataclass
class Accepted:
    """What came of the POSTs: the ids in the order of the arrivals, how long each took, and what put some off."""

    ids: list[str]
    seconds: list[float]
    put_off: list[str] = field(default_factory=list)


async def submit_all(competition: ReplayCompetition, arrivals: Sequence[Arrival], compression: float) -> Accepted:
    """Submit each at its time, in compressed time; a team that floods sends one zip after another."""
    accepted = Accepted([""] * len(arrivals), [0.0] * len(arrivals), competition.put_off)
    turns = [asyncio.Lock() for _ in competition.tokens]
    start = time.perf_counter()

    async def post(number: int, team: int) -> None:
        async with turns[team]:
            began = time.perf_counter()
            accepted.ids[number] = await competition.submit(team, number)
            accepted.seconds[number] = time.perf_counter() - began

    async with asyncio.TaskGroup() as tasks:
        for number, each in enumerate(arrivals):
            await asyncio.sleep(max(0.0, start + each.at_s / compression - time.perf_counter()))
            tasks.create_task(post(number, each.team))
    return accepted


def make_zip(phase: str, number: int) -> bytes:
    """Return random search, which differs from all others by a comment."""
    buffer = io.BytesIO()
    code = (RANDOM_SEARCH / "optimizer.py").read_text()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("optimizer.py", f"{code}\n# {phase} {number}\n")
    return buffer.getvalue()


def _phase(name: str, boxes: list[str], studies: int, studies_per_shard: int) -> dict[str, Any]:
    return {
        "name": name,
        "baseline": BASELINE_NAME,
        "boxes": boxes,
        "studies_per_box": studies,
        "studies_per_shard": studies_per_shard,
    }
