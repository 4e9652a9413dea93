"""Made-up results of short studies."""

from typing import Any

from arena.sandbox.study import Losses, StudyOutcome
from arena.words.execution import Provenance, Usage

FIELDS: dict[str, Any] = {
    "evaluation_cpu_s": 2.5,
    "suggest_time_s": [1.0, 2.0],
    "observe_time_s": [0.5, 0.25],
    "construct_time_s": 4.0,
    "suggestions": [[{"x": 1}]],
    "cut_off_by": None,
    "suggest_errors": 0,
    "observe_errors": 0,
    "signature": None,
    "log": "",
    "usage": Usage(),
    "provenance": Provenance(optimizer_image="o", blackbox_image="b", code_version="c", runtime="runc"),
}


def make_result(visible: Losses, **changes: Any) -> StudyOutcome:
    """Return a result of two iterations with these losses."""
    losses = {"visible": visible, "generalization": visible, "eval_time_s": visible}
    return StudyOutcome(**(losses | FIELDS | changes))
