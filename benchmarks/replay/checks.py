"""Whether every submission was scored once, from the tables; and how long each took, beside what is ideal."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import numpy as np

from arena.rules.seeds import optimizer_seed
from benchmarks.replay.competition import SLUG
from benchmarks.replay.plan.boxes import PublicBox, load_scales
from benchmarks.replay.plan.costs import load_costs, study_s
from benchmarks.replay.plan.ideal import IdealPlatform, IdealSubmission
from benchmarks.replay.series import queries
from benchmarks.replay.stack.slot import draw_losses
from shared.database import Pool, fetch_all

SHAPE = (16, 8)
SAMPLE = 20


@dataclass(frozen=True)
class StoredSubmission:
    """A submission as the tables have it at the end; times are seconds since 1970."""

    id: UUID
    team: str
    blob_sha256: str
    state: str
    score: float | None
    studies_done: int
    studies_total: int
    created_at: float
    ended_at: float | None
    times_scored: int


@dataclass(frozen=True)
class Accounts:
    """What was accepted and what is in the tables; `wrong` says what does not agree, and is empty if all does."""

    submissions: int
    studies: int
    executions: int
    repeated: int
    sampled: int
    wrong: list[str]


async def list_submissions(pool: Pool, phase: str) -> list[StoredSubmission]:
    """Return every submission of a phase, the oldest first."""
    return await fetch_all(StoredSubmission, queries.list_submissions(pool, phase=phase))


async def check_phase(pool: Pool, phase: str, expected: int, studies_each: int, executions_each: int) -> Accounts:
    """Compare the tables with what was accepted, and the scores of some submissions with the oracle's."""
    found = await list_submissions(pool, phase)
    work: Mapping[str, int] = dict(await queries.count_work(pool, phase=phase))
    wrong = [f"expected {expected} submissions, got {len(found)}"] if len(found) != expected else []
    wrong += [f"{each.id} is {each.state}" for each in found if each.state != "scored"]
    wrong += [f"{each.id} was scored {each.times_scored} times" for each in found if each.times_scored != 1]
    wrong += [f"{each.id} counts {each.studies_done} studies" for each in found if each.studies_done != studies_each]
    for what, count in (("studies", studies_each), ("executions", executions_each)):
        if work[what] != expected * count:
            wrong.append(f"expected {expected * count} {what}, got {work[what]}")
    if work["unended"]:
        wrong.append(f"{work['unended']} shards have not ended")
    sample = random.Random(0).sample(found, min(SAMPLE, len(found)))  # noqa: S311 - not a secret
    for each in sample:
        wrong += await _check_score(pool, each)
    return Accounts(len(found), work["studies"], work["executions"], work["repeated"], len(sample), wrong)


async def _check_score(pool: Pool, submission: StoredSubmission) -> list[str]:
    """Compare stored losses with those that its runners drew, and the score with the one that follows from them."""
    scales = load_scales()
    losses: dict[str, list[float]] = {}
    async for row in queries.list_studies(pool, submission_id=submission.id):
        case = PublicBox(row["model"], row["dataset"], row["metric"]).test_case
        seed = optimizer_seed(SLUG, case, row["study"], submission.blob_sha256)
        visible = draw_losses(scales[case], seed, SHAPE)[0]
        if row["visible"] != visible:
            return [f"{submission.id} has other losses than its runners sent in study {row['study']} of {case}"]
        losses.setdefault(case, []).append(rescaled_loss(visible, *scales[case]))
    expected = naive_score(losses)
    if submission.score is None or abs(submission.score - expected) > 1e-9:
        return [f"{submission.id} has the score {submission.score}, expected {expected}"]
    return []


def rescaled_loss(visible: Sequence[Sequence[float]], clip: float, best: float) -> float:
    """Return the best loss on the scale of scores: 1 is the clip, 0 the best known."""
    return float(np.clip((np.min(visible) - best) / (clip - best), -1.0, 1.0))


def naive_score(losses: Mapping[str, Sequence[float]]) -> float:
    """Return the score of the losses of each black box's studies."""
    return 100.0 * (1.0 - float(np.mean([np.mean(each) for each in losses.values()])))


def ideal_times(
    found: Sequence[StoredSubmission],
    boxes: Sequence[PublicBox],
    studies: int,
    studies_per_shard: int,
    slots: int,
    compression: float,
) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Return a row for each submission: seconds it took, would take alone, and would take at its fair share."""
    costs, start = load_costs(), found[0].created_at
    teams = {team: number for number, team in enumerate(sorted({each.team for each in found}))}

    def shards_of(each: StoredSubmission) -> list[float]:
        def one(box: PublicBox, study: int) -> float:
            seed = optimizer_seed(SLUG, box.test_case, study, each.blob_sha256)
            return study_s(costs[box.model, box.dataset], seed) / compression

        return [
            sum(one(box, study) for study in range(first, min(first + studies_per_shard, studies)))
            for first in range(0, studies, studies_per_shard)
            for box in boxes
        ]

    ideal = [IdealSubmission(teams[each.team], each.created_at - start, shards_of(each)) for each in found]
    ends = IdealPlatform(slots).run(ideal)
    return np.array(
        [
            (cast("float", each.ended_at) - each.created_at, one.alone_s, end - one.at_s)
            for each, one, end in zip(found, ideal, ends, strict=True)
        ]
    )
