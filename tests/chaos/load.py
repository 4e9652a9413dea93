"""What teams do meanwhile: they submit good and bad optimizers as `arena` does, cancel some, and note each answer."""

import asyncio
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from arena.client.http import Client
from arena.failure import Failure
from tests.chaos.history import History
from tests.support.gateway.competitions import BASELINE
from tests.support.service_settings import ORGANIZER_TOKEN
from tests.support.waiting import SCORING_LIMIT_S, limited
from tests.support.zips import pack

SLUG = "chaos"
TEAMS = ("amber", "birch", "cedar", "dunes")
REFERENCE_TEAM = "undisturbed"
ACTIVE_LIMIT = 2
BOXES = ("DT", "iris", "acc"), ("DT", "wine", "acc"), ("kNN", "iris", "acc")
STUDIES_PER_BOX = 2
LABELS = [f"box-{number}" for number in range(1, len(BOXES) + 1)]
COMPETITION = {
    "name": "Chaos",
    "seed": "chaos",
    "black_boxes": [
        {"label": label, "model": model, "dataset": dataset, "metric": metric}
        for label, (model, dataset, metric) in zip(LABELS, BOXES, strict=True)
    ],
    "phases": [
        {
            "name": "feedback",
            "baseline": "official",
            "boxes": LABELS,
            "studies_per_box": STUDIES_PER_BOX,
            "n_calls": 4,
            "n_suggestions": 4,
            "active_submissions": ACTIVE_LIMIT,
            "attempts_per_day": 1000,
            "scored_per_day": 1000,
        }
    ],
}
OPTIMIZER = """
import os, time
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.random_search import suggest_dict
class Optimizer(AbstractOptimizer):
    def __init__(self, api_config):
        super().__init__(api_config)
        {constructor}
    def suggest(self, n_suggestions=1):
        {suggest}
        return suggest_dict([], [], self.api_config, n_suggestions={drawn})[-n_suggestions:]
    def observe(self, X, y):
        pass
"""
GOOD = {"first": "n_suggestions", "second": "n_suggestions + 1", "third": "n_suggestions + 2"}
"""Optimizers that are scored: by how many points each draws, of which it suggests the last."""
BAD = {"raises": "constructor_raised", "dies": "process_died"}
"""Optimizers that fail, and their verdicts."""
LATER_S = (0.2, 3.0)
OFTEN_CANCELLED = 0.25
ASK_AGAIN_S = 0.5


def make_zips(folder: Path) -> dict[str, Path]:
    """Write the zips of all optimizers, by name."""
    folder.mkdir()
    sources = {name: _source(drawn=drawn) for name, drawn in GOOD.items()}
    sources["raises"] = _source(constructor="raise ValueError('no')")
    sources["dies"] = _source(suggest="os._exit(3)")
    zips = {}
    for name, source in sources.items():
        zips[name] = folder / f"{name}.zip"
        zips[name].write_bytes(pack({"optimizer.py": source}))
    return zips


def _source(constructor: str = "pass", suggest: str = "pass", drawn: str = "n_suggestions") -> str:
    return OPTIMIZER.format(constructor=constructor, suggest=suggest, drawn=drawn)


def open_competition(url: str) -> dict[str, str]:
    """Make the competition and its teams; returns their tokens by name."""
    organizer = Client(url, ORGANIZER_TOKEN)
    document = json.loads(BASELINE.read_text())
    organizer.post("/api/v1/admin/baselines", {"name": "official", "source": "file", "document": document})
    organizer.put(f"/api/v1/admin/competitions/{SLUG}", COMPETITION)
    path = f"/api/v1/admin/competitions/{SLUG}/teams"
    return {name: organizer.post(path, {"name": name}).json["token"] for name in (*TEAMS, REFERENCE_TEAM)}


class TeamWork:
    """One team's work. Whatever it is told goes into the history, and what it is never told is a fault."""

    def __init__(self, name: str, clients: list[Client], zips: dict[str, Path], history: History, seed: int) -> None:
        self.name = name
        self.accepted = asyncio.Queue[str]()
        self._clients = clients
        self._zips = zips
        self._history = history
        self._draw = random.Random(f"{seed} {name}")  # noqa: S311 - a plan is no secret

    async def work(self, stop: asyncio.Event) -> None:
        """Submit one after another, and at times more than the quota allows, until `stop`."""
        async with asyncio.TaskGroup() as tasks:
            while not stop.is_set():
                kind = self._draw.choice([*GOOD, *GOOD, *BAD])
                submission = await self.submit(kind)
                if submission is None:
                    await asyncio.sleep(ASK_AGAIN_S)
                elif kind in GOOD and self._draw.random() < OFTEN_CANCELLED:
                    tasks.create_task(self._cancel_later(submission, self._draw.uniform(*LATER_S)))

    async def submit(self, kind: str) -> str | None:
        """Submit an optimizer; returns the submission's id, or None if the quota does not allow it."""
        answer = await self._ask(lambda client: client.submit(SLUG, None, f"{kind}.zip", self._zips[kind]).json)
        if isinstance(answer, Failure):
            self._history.record("refused", team=self.name, kind=kind, code=code_of(answer), said=str(answer))
            return None
        self._history.record("accepted", team=self.name, kind=kind, submission=answer["id"])
        self.accepted.put_nowait(answer["id"])
        return str(answer["id"])

    async def score(self, kind: str) -> None:
        """Submit an optimizer, and return when it has ended."""
        submission = await self.submit(kind)
        async with limited(SCORING_LIMIT_S):
            while True:
                answer = await self._ask(lambda client: client.get(f"/api/v1/submissions/{submission}").json)
                assert not isinstance(answer, Failure), answer
                if answer["ended_at"] is not None:
                    return
                await asyncio.sleep(ASK_AGAIN_S)

    async def _cancel_later(self, submission: str, wait_s: float) -> None:
        await asyncio.sleep(wait_s)
        path = f"/api/v1/submissions/{submission}/cancel"
        while isinstance(answer := await self._ask(lambda client: client.post(path).json), Failure):
            if code_of(answer) is not None:  # without a code, nobody has answered
                self._history.record("refused", team=self.name, submission=submission, code=code_of(answer))
                return
            await asyncio.sleep(ASK_AGAIN_S)
        self._history.record("cancelled", team=self.name, submission=submission, state=answer["state"])

    async def _ask(self, ask: Callable[[Client], dict[str, Any]]) -> dict[str, Any] | Failure:
        client = self._draw.choice(self._clients)
        try:
            return await asyncio.to_thread(ask, client)
        except Failure as failure:
            return failure


def code_of(failure: Failure) -> str | None:
    """Return a problem's code, or None if there was no answer that is a problem."""
    return failure.problem.get("code")
