"""A runner's slot and engine without containers: what remains is the platform's own cost."""

import functools
import random

from shared.messages import ShardReleased, StudyFinished, StudyTask, Suggestion

DIFFERENT_STUDIES = 64


class NullEngine:
    """An engine that is always there."""

    async def check(self, *, thorough: bool = False) -> str | None:  # noqa: ARG002
        """Return None: ready."""
        return None


class NullSlot:
    """Answers a study at once, with losses drawn from its seed and a message of the usual size."""

    def __init__(self, runner_id: str) -> None:
        self._runner_id = runner_id

    def running_study(self) -> None:
        """Return None: nothing here writes a log."""

    async def run_study(
        self,
        shard: ShardReleased,
        task: StudyTask,
        zip_bytes: bytes,  # noqa: ARG002
        dataset_bytes: bytes = b"",  # noqa: ARG002
    ) -> StudyFinished:
        """Return losses uniform in [0, 1), the same for the same seed modulo a few."""
        shape = (shard.n_calls, shard.n_suggestions)
        losses = _losses(task.seed % DIFFERENT_STUDIES, *shape)
        return StudyFinished.model_construct(
            submission_id=shard.submission_id,
            shard_id=shard.shard_id,
            attempt=shard.attempt,
            runner_id=self._runner_id,
            box_id=shard.box_id,
            study=task.study,
            visible=losses,
            generalization=losses,
            eval_time_s=losses,
            suggest_time_s=[0.001] * shard.n_calls,
            observe_time_s=[0.001] * shard.n_calls,
            construct_time_s=0.1,
            suggestions=_suggestions(*shape),
            timed_out=False,
            suggest_errors=0,
            observe_errors=0,
            signature=[0.1, 0.2, 0.3, 0.4, 0.5] if shard.signature_wanted else None,
        )


@functools.cache
def _losses(seed: int, n_calls: int, n_suggestions: int) -> list[list[float]]:
    draw = random.Random(seed)  # noqa: S311 - not a secret
    return [[draw.random() for _ in range(n_suggestions)] for _ in range(n_calls)]


@functools.cache
def _suggestions(n_calls: int, n_suggestions: int) -> list[list[Suggestion]]:
    return [[{"max_depth": 7, "min_impurity": 0.123456789, "kernel": "rbf"}] * n_suggestions] * n_calls
