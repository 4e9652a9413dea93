"""Stock Bayesmark inside the black-box image.

Losses are compared bit for bit, and their last bits depend on the settings of the linear-algebra library. A machine's
environment may change these, and a container does not inherit it. So stock Bayesmark runs where studies run. Importing
it takes longer than most questions, so one container answers as many as a test has.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from arena.sandbox.container_config import Cpu, blackbox_config
from arena.sandbox.engine.container import Container
from arena.sandbox.engine.containers import Engine
from arena.sandbox.settings import SandboxSettings

SIGNATURE_SEED = "7e9f2cabb0dd4f44bc10cf18e440b427"  # pragma: allowlist secret - the one in bayesmark.experiment

SCRIPT = f"""
import json, os, sys
from pathlib import Path
from bayesmark.experiment import _build_test_problem, _setup_seeds
from bayesmark.signatures import get_func_signature

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
print(json.dumps({{"ready": True}}), file=answers, flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    root = None
    if asked["dataset"] is not None:
        root = "/tmp"
        Path(root, asked["box"][1] + ".csv").write_text(asked["dataset"])
    problem = _build_test_problem(*asked["box"], root)
    if asked["seed"] is not None:
        _setup_seeds(asked["seed"])
    losses = [[problem.evaluate(point) for point in batch] for batch in asked["batches"]]
    _setup_seeds("{SIGNATURE_SEED}")
    signature = get_func_signature(problem.evaluate, problem.get_api_config())[1]
    print(json.dumps({{"losses": losses, "signature": list(signature)}}), file=answers, flush=True)
"""

Batches = Sequence[Sequence[dict[str, Any]]]


@dataclass(frozen=True)
class StockLosses:
    """The visible and generalization losses, in the shape of the points, and the problem's signature."""

    visible: list[list[float]]
    generalization: list[list[float]]
    signature: list[float]


@dataclass(frozen=True)
class StockInImage:
    """A container with stock Bayesmark, which answers one question after the other."""

    container: Container

    async def evaluate(
        self, box: Sequence[str], batches: Batches, *, seed: str | None = None, dataset: bytes | None = None
    ) -> StockLosses:
        """Evaluate points on (model, data set, metric), seeding first if asked.

        `dataset` is a CSV file of the organizer's own.
        """
        asked = {"box": list(box), "batches": batches, "seed": seed, "dataset": dataset and dataset.decode()}
        await self.container.stream.send(asked)
        answer = await self.container.receive()
        losses = answer["losses"]
        return StockLosses(
            visible=[[visible for visible, _ in batch] for batch in losses],
            generalization=[[generalization for _, generalization in batch] for batch in losses],
            signature=answer["signature"],
        )


@asynccontextmanager
async def stock_in_image(engine: Engine, settings: SandboxSettings) -> AsyncIterator[StockInImage]:
    """Stock Bayesmark in a container that is there until the end."""
    config = blackbox_config(settings, cpu=Cpu(0)) | {"Entrypoint": ["python", "-u", "-c", SCRIPT]}
    container = await engine.start(config)
    try:
        yield StockInImage(container)
    finally:
        await engine.discard(container)
