"""What the two containers may say.

The words of the harness, on the optimizer's side, are untrusted: they are checked for shape here, for sense elsewhere.
"""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr, ValidationError

from arena.sandbox.study import Losses

ANSWER_LIMIT_BYTES = 256 * 1024
"""A hundred times what eight points need, and little enough to be parsed without a pause."""

Unconvertible = dict[StrictStr, StrictStr]
Point = dict[StrictStr, StrictBool | StrictInt | StrictFloat | StrictStr | Unconvertible]


class BrokenAnswer(Exception):
    """What came does not answer the question; the message says what was expected and what came."""


class Answer(BaseModel):
    """One answer: `error` is the traceback of what the team's code raised, `points` what `suggest` returned."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: StrictInt
    error: StrictStr | None = Field(default=None, max_length=4000)
    points: list[Point | None] | None = None
    facts: dict[str, Any] | None = None


class StudyReport(BaseModel):
    """What the black box reports of a finished study: losses and times have shape (n_calls, n_suggestions)."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    visible: Losses
    generalization: Losses
    eval_time_s: Losses
    evaluation_cpu_s: float
    suggestions: list[list[dict[str, Any]]]
    signature: list[float] | None


class BoxScores(BaseModel):
    """The loss of each study of one black box, and their mean."""

    model_config = ConfigDict(frozen=True)
    study_losses: list[float]
    loss: float


class Scores(BaseModel):
    """What the black box computes from studies: losses by black box, the score, and its interval (none for one box)."""

    model_config = ConfigDict(frozen=True)
    boxes: dict[str, BoxScores]
    score: float
    low: float | None
    high: float | None


def parse_answer(line: bytes, request_id: int) -> Answer:
    """Return the answer to the request with this id. Raises `BrokenAnswer`."""
    try:
        answer = Answer.model_validate(json.loads(line))
    except (ValueError, RecursionError) as error:
        raise BrokenAnswer(f"expected an answer as JSON, got {_excerpt(line)}: {_reason(error)}") from error
    if answer.id != request_id:
        raise BrokenAnswer(f"expected the answer to request {request_id}, got {_excerpt(line)}")
    return answer


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()[:3])[:500]
    return str(error)[:500]


def _excerpt(line: bytes) -> str:
    return repr(line[:200])
