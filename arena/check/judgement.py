"""What the platform would say of a submission, from what came of its studies."""

import json
import math
from collections.abc import Sequence
from typing import Any

from arena.check.plan import CheckPlan, Key, Outcome, finished_studies
from arena.sandbox.study import Fatal, StudyOutcome
from arena.version import code_version
from arena.words.verdicts import VERDICTS, Verdict

Body = dict[str, Any]


def judge(plan: CheckPlan, outcome: Outcome, refusal: str | None) -> Body:
    """Return what the platform would say, as one object."""
    boxes = outcome.scores.boxes if outcome.scores else {}
    losses = _study_losses(outcome)
    score = outcome.scores
    verdict = None if refusal else outcome.fatal[1].verdict if outcome.fatal else Verdict.SCORED
    return {
        "scored": verdict == Verdict.SCORED,
        "refused": refusal,
        "verdict": verdict,
        "verdict_sentence": VERDICTS[verdict].sentence if verdict else None,
        "fatal": _fatal_body(*outcome.fatal) if outcome.fatal else None,
        "score": score.score if score else None,
        "interval": [score.low, score.high] if score and score.low is not None else None,
        "boxes": [
            {"box": box, "studies": len(each.study_losses), "score": 100 * (1 - each.loss)}
            for box, each in boxes.items()
        ],
        "studies": (studies := [_study_body(key, outcome.finished[key], loss) for key, loss in losses.items()]),
        "studies_total": len(plan.keys),
        "deterministic": all(each["same_again"] is not False for each in studies) if plan.twice and studies else None,
        "warnings": outcome.warnings,
        "shared_cpus": outcome.shared_cpus,
        "n_calls": plan.n_calls,
        "n_suggestions": plan.n_suggestions,
        "seed": plan.seed,
        "environment": plan.environment,
        "parameter_names": plan.parameter_names,
        "limits": plan.limits.model_dump(),
        "images": outcome.images,
        "code_version": code_version(),
    }


def _study_losses(outcome: Outcome) -> dict[Key, float]:
    """The loss of each study that finished, in the order of `losses_by_box`."""
    scores = outcome.scores
    if scores is None:
        return {}
    return {
        (box, number): loss
        for box in scores.boxes
        for number, loss in zip(finished_studies(outcome, box), scores.boxes[box].study_losses, strict=True)
    }


def _fatal_body(key: Key, fatal: Fatal) -> Body:
    where = {"box": key[0], "study": key[1], "stage": fatal.stage, "iteration": fatal.iteration}
    return {**where, "detail": fatal.detail, "log": fatal.log}


def _study_body(key: Key, results: Sequence[StudyOutcome], loss: float) -> Body:
    first = results[0]
    iterations = [sum(pair) for pair in zip(first.suggest_time_s, first.observe_time_s, strict=True)]
    return {
        "box": key[0],
        "study": key[1],
        "score": 100 * (1 - loss),
        "construct_time_s": first.construct_time_s,
        "suggest_time_s": math.fsum(first.suggest_time_s),
        "observe_time_s": math.fsum(first.observe_time_s),
        "study_time_s": first.construct_time_s + math.fsum(iterations),
        "worst_iteration_s": max(iterations),
        "worst_iteration": iterations.index(max(iterations)) + 1,
        "timed_out": first.timed_out,
        "cut_off_by": first.cut_off_by,
        "suggest_errors": first.suggest_errors,
        "observe_errors": first.observe_errors,
        "same_again": _traces(first) == _traces(results[1]) if len(results) > 1 else None,
        "log": first.log,
    }


def _traces(study: StudyOutcome) -> str:
    """What must be the same, bit for bit, when a study runs again; as text, because a NaN differs from itself."""
    return json.dumps([study.suggestions, study.visible, study.generalization])
