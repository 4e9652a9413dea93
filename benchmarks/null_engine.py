"""A runner's slot and engine without containers: what remains is the platform's own cost."""

import random

from shared.messages import ShardReleased, StudyFinished, StudyTask


class NullEngine:
    """An engine that is always there."""

    async def check(self) -> str | None:
        """Return None: ready."""
        return None


class NullSlot:
    """Answers a study at once, with losses drawn from its seed and a message of the usual size."""

    def __init__(self, runner_id: str) -> None:
        self._runner_id = runner_id

    async def run_study(self, shard: ShardReleased, task: StudyTask, zip_bytes: bytes) -> StudyFinished:  # noqa: ARG002
        """Return losses uniform in [0, 1), the same for the same seed."""
        draw = random.Random(task.seed)  # noqa: S311 - not a secret

        def losses() -> list[list[float]]:
            return [[draw.random() for _ in range(shard.n_suggestions)] for _ in range(shard.n_calls)]

        return StudyFinished(
            submission_id=shard.submission_id,
            shard_id=shard.shard_id,
            attempt=shard.attempt,
            runner_id=self._runner_id,
            box_id=shard.box_id,
            study=task.study,
            visible=losses(),
            generalization=losses(),
            eval_time_s=[[0.001] * shard.n_suggestions] * shard.n_calls,
            suggest_time_s=[0.001] * shard.n_calls,
            observe_time_s=[0.001] * shard.n_calls,
            construct_time_s=0.1,
            suggestions=[[{"x": 0.5, "n": 3}] * shard.n_suggestions] * shard.n_calls,
            timed_out=False,
            suggest_errors=0,
            observe_errors=0,
            signature=[0.1, 0.2, 0.3, 0.4, 0.5] if shard.signature_wanted else None,
        )
