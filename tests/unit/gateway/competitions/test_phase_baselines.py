"""Which version of a baseline set a phase means, and what the set must cover."""

from uuid import UUID

import pytest

from arena.api.competition_document import Phase
from services.gateway.baselines.tables import BaselineRow
from services.gateway.competitions.phase_baselines import find_coverage_faults, select_version

VERSIONS = [BaselineRow(UUID(int=version), "official", version) for version in (1, 10, 2)]
PHASE = Phase(name="feedback", baseline="official", boxes=["box-01", "box-02"], studies_per_box=1, n_calls=16)
CASES = {"box-01": "DT_iris_acc", "box-02": "kNN_wine_nll"}


@pytest.mark.parametrize(
    ("wanted", "kept", "version"),
    [
        ("official", None, 10),
        ("official@2", None, 2),
        ("official", "official@1", 1),
        ("official@2", "official@1", 2),
        ("official", "other@1", 10),
        ("official@3", None, None),
        ("other", None, None),
    ],
)
def test_a_phase_means_the_version_it_names_or_has_had_or_else_the_newest(
    wanted: str, kept: str | None, version: int | None
) -> None:
    found = select_version(wanted, kept, VERSIONS)
    assert (found and found.version) == version


def test_a_set_must_cover_every_black_box_for_every_iteration() -> None:
    at = ("phases", 0, "baseline")
    covered = dict.fromkeys(CASES.values(), 16)
    assert find_coverage_faults(VERSIONS[0], covered, PHASE, CASES, at) == []
    (missing,) = find_coverage_faults(VERSIONS[0], {"DT_iris_acc": 16}, PHASE, CASES, at)
    assert "does not cover kNN_wine_nll" in str(missing)
    (short,) = find_coverage_faults(VERSIONS[0], covered | {"DT_iris_acc": 15}, PHASE, CASES, at)
    assert "has 15 iterations of DT_iris_acc, the phase 16" in str(short)
