"""A slot that takes as long as a study would, in compressed time, and answers with results of the real size."""

import asyncio
import functools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from bayesmark.random_search import suggest_dict
from bayesmark.sklearn_funcs import SklearnModel

from arena.sandbox.study import StudyOutcome, StudySpec
from arena.words.execution import Provenance, Usage
from arena.words.names import name_test_case
from benchmarks.replay.plan.boxes import load_scales
from benchmarks.replay.plan.costs import load_costs, study_s
from benchmarks.stack.null_engine import NullSlot

DIFFERENT_SUGGESTIONS = 16
"""Sets of suggestions of a model: drawing them anew for each study would cost more than the platform does."""
PROVENANCE = Provenance(
    environment="small",
    optimizer_image=f"sha256:{'1' * 64}",
    blackbox_image=f"sha256:{'2' * 64}",
    code_version="0" * 40,
    runtime="runc",
)
Losses = list[list[float]]


class ReplaySlot(NullSlot):
    """Sleeps for a study's time divided by `compression`."""

    def __init__(self, compression: float) -> None:
        self._compression = compression
        self._costs = load_costs()
        self._scales = load_scales()

    async def run_study(self, spec: StudySpec, zip_file: Path, dataset_bytes: bytes = b"") -> StudyOutcome:
        """Return losses, times and suggestions that depend on the study's seed alone."""
        seconds = study_s(self._costs[spec.model, spec.dataset], spec.optimizer_seed)
        await asyncio.sleep(seconds / self._compression)
        scale = self._scales[name_test_case(spec.model, spec.dataset, spec.metric)]
        shape = (spec.n_calls, spec.n_suggestions)
        visible, generalization, times = draw_losses(scale, spec.optimizer_seed, shape)
        answer = await super().run_study(spec, zip_file, dataset_bytes)
        return replace(
            answer,
            visible=visible,
            generalization=generalization,
            eval_time_s=times,
            evaluation_cpu_s=seconds,
            suggestions=draw_suggestions(
                spec.model, spec.dataset, spec.metric, spec.seed % DIFFERENT_SUGGESTIONS, shape
            ),
            usage=Usage(cpu_s=seconds, memory_peak_bytes=150_000_000 + spec.optimizer_seed % 50_000_000),
            provenance=PROVENANCE,
        )


def draw_losses(
    scale: tuple[float, float], optimizer_seed: int, shape: tuple[int, int]
) -> tuple[Losses, Losses, Losses]:
    """Return visible losses, generalization losses and seconds of each evaluation, each (n_calls, n_suggestions).

    The best of 128 uniform ones comes near the best known loss, in small steps.
    """
    clip, best = scale
    drawn = np.random.default_rng(optimizer_seed).random((3, *shape))
    return (
        (best + (clip - best) * drawn[0]).tolist(),
        (best + (clip - best) * drawn[1]).tolist(),
        drawn[2].tolist(),
    )


@functools.cache
def draw_suggestions(
    model: str, dataset: str, metric: str, seed: int, shape: tuple[int, int]
) -> list[list[dict[str, Any]]]:
    """Return suggestions from the real search space of a black box."""
    space = SklearnModel(model, dataset, metric).get_api_config()
    points = suggest_dict([], [], space, shape[0] * shape[1], np.random.RandomState(seed))
    plain = [
        {name: value.item() if isinstance(value, np.generic) else value for name, value in each.items()}
        for each in points
    ]
    return [plain[start : start + shape[1]] for start in range(0, len(plain), shape[1])]
