"""An organizer run is known by what its losses depend on, and by nothing else."""

from typing import Any

import pytest

from arena.api.planning import NewOrganizerRun
from services.gateway.organizer_runs.key import organizer_run_key
from services.gateway.organizer_runs.tables import RunBoxRow

BOXES = [RunBoxRow("box-01", "sklearn", "DT", "iris", "acc", None)]
ORGANIZER_RUN: dict[str, Any] = {"purpose": "estimate", "boxes": ["box-01"], "n_calls": 3, "n_suggestions": 2}


def key(*, seed: str = "s", blob: str = "ab", images: str = "i", **changes: Any) -> str:
    return organizer_run_key(seed, blob, BOXES, NewOrganizerRun.model_validate(ORGANIZER_RUN | changes), images)


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": "t"},
        {"blob": "cd"},
        {"images": "j"},
        {"n_calls": 4},
        {"first_study": 1},
        {"environment": "modern"},
        {"cpus": 2},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_losses_depend_on_makes_another_run(changes: dict[str, Any]) -> None:
    assert key(**changes) != key()


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": "baseline-random"},
        {"studies_per_shard": 5},
        {"boxes": ["box-02"]},
        {"limits": {"zip_limit_bytes": 1}},
    ],
)
def test_what_they_do_not_depend_on_makes_the_same_run(changes: dict[str, Any]) -> None:
    assert key(**changes) == key()
