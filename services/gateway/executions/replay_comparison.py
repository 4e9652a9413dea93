"""Compares a replay with its execution, bit for bit, and finds where it first differs. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from arena.api.executions import ReplayDifference
from services.gateway.executions.tables import StudyOutcomeRow

LOSSES: tuple[Literal["suggestions", "visible", "generalization"], ...] = ("visible", "generalization")
COMPARED = ("suggestions", *LOSSES)


class FatalEnd(Protocol):
    """The fatal error that ended a submission or an execution early, and where it happened."""

    @property
    def verdict(self) -> str | None: ...
    @property
    def verdict_stage(self) -> str | None: ...
    @property
    def verdict_iteration(self) -> int | None: ...


def find_differences(old: Sequence[StudyOutcomeRow], new: Sequence[StudyOutcomeRow]) -> list[ReplayDifference]:
    """Return the first difference of each study that differs.

    Numbers are compared by their shortest exact notation, so that 0.0 is not -0.0 and 1 is not 1.0.
    """
    again = {study.study: study for study in new}
    differences = (_first_difference(study, again.get(study.study)) for study in old)
    return [each for each in differences if each is not None]


def _first_difference(old: StudyOutcomeRow, new: StudyOutcomeRow | None) -> ReplayDifference | None:
    if new is None:
        return ReplayDifference(study=old.study, what="missing", iteration=None, timed_out=old.timed_out)
    timed_out = old.timed_out or new.timed_out
    for iteration in range(max(len(old.visible), len(new.visible))):
        for what in COMPARED if old.suggestions is not None else LOSSES:
            before, after = (getattr(each, what)[iteration : iteration + 1] for each in (old, new))
            if json.dumps(before, sort_keys=True) != json.dumps(after, sort_keys=True):
                return ReplayDifference(study=old.study, what=what, iteration=iteration + 1, timed_out=timed_out)
    return None


def find_verdict_difference(old: FatalEnd, new: FatalEnd) -> list[ReplayDifference]:
    """Return a difference unless both ended with the same verdict in the same stage and iteration."""
    if _end(old) == _end(new):
        return []
    return [ReplayDifference(study=None, what="verdict", iteration=None, timed_out=False)]


def _end(of: FatalEnd) -> tuple[str | None, str | None, int | None]:
    return of.verdict, of.verdict_stage, of.verdict_iteration


def different_names(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the names whose values differ between two records."""
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
