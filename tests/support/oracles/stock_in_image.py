"""Stock Bayesmark inside the black-box image.

Losses are compared bit for bit, and their last bits depend on the settings of the linear-algebra library. A machine's
environment may change these, and a container does not inherit it. So stock Bayesmark runs where studies run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from arena.sandbox.container_config import Cpu, blackbox_config
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
asked = json.loads(sys.stdin.readline())
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


@dataclass(frozen=True)
class StockLosses:
    """The visible and generalization losses, in the shape of the points, and the problem's signature."""

    visible: list[list[float]]
    generalization: list[list[float]]
    signature: list[float]


async def evaluate_in_image(
    engine: Engine,
    settings: SandboxSettings,
    box: Sequence[str],
    batches: Sequence[Sequence[dict[str, Any]]],
    *,
    seed: str | None = None,
    dataset: bytes | None = None,
) -> StockLosses:
    """Evaluate points on (model, data set, metric), seeding first if asked.

    `dataset` is a CSV file of the organizer's own.
    """
    config = blackbox_config(settings, cpu=Cpu(0)) | {"Entrypoint": ["python", "-u", "-c", SCRIPT]}
    container = await engine.start(config)
    try:
        asked = {"box": list(box), "batches": batches, "seed": seed, "dataset": dataset and dataset.decode()}
        await container.stream.send(asked)
        answer = await container.receive()
    finally:
        await engine.discard(container)
    losses = answer["losses"]
    return StockLosses(
        visible=[[visible for visible, _ in batch] for batch in losses],
        generalization=[[generalization for _, generalization in batch] for batch in losses],
        signature=answer["signature"],
    )
