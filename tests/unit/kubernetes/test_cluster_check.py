"""`arena cluster check` finds each fault in a cluster with the manifests applied, and nothing in a good one."""

import pytest

from arena.cluster.check import check_cluster
from tests.support.cluster.applied import AppliedCluster, apply, named_by_digest
from tests.support.cluster.faults import FAULTS, JOB, WARNINGS, trigger
from tests.support.manifests import Manifests

OVERLAYS = ("small", "small-1.20", "production")


def found(cluster: AppliedCluster) -> list[tuple[str, str, str]]:
    return [(each.severity, each.where, each.what) for each in check_cluster(cluster.read(), None)]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_overlay_is_without_a_fault(overlay: str, rendered: dict[str, Manifests]) -> None:
    assert found(named_by_digest(apply(rendered[overlay]))) == []


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found_where_it_is_and_has_a_cure(name: str, rendered: dict[str, Manifests]) -> None:
    change, where, what = FAULTS[name]
    cluster = named_by_digest(apply(rendered["small"]))
    change(cluster)

    faults = [each for each in check_cluster(cluster.read(), None) if each.severity == "fault"]

    assert [each for each in faults if each.where == where and what in each.what]
    assert all(each.cure for each in faults)


def test_runners_may_be_scaled_by_the_work_of_one_problem_family(rendered: dict[str, Manifests]) -> None:
    cluster = named_by_digest(apply(rendered["small"]))
    trigger(cluster).update(valueLocation="families.sklearn")

    assert found(cluster) == []


@pytest.mark.parametrize("name", WARNINGS)
def test_what_may_be_meant_is_a_warning_and_no_fault(name: str, rendered: dict[str, Manifests]) -> None:
    change, where, what = WARNINGS[name]
    cluster = named_by_digest(apply(rendered["small"]))
    change(cluster)

    ((severity, place, said), *others) = found(cluster)

    assert (severity, place) == ("warning", where)
    assert what in said
    assert {each for each, _, _ in others} <= {"warning"}


def test_an_image_that_is_named_by_its_tag_alone_is_a_warning(rendered: dict[str, Manifests]) -> None:
    warnings = found(apply(rendered["small"]))

    assert {severity for severity, _, _ in warnings} == {"warning"}
    assert "image arena-engine:local" in {where for _, where, _ in warnings}


def test_an_empty_cluster_has_few_faults_and_not_one_for_each_thing_that_is_missing() -> None:
    cluster = AppliedCluster([], set())

    assert [where for severity, where, _ in found(cluster) if severity == "fault"] == ["Namespace/arena", JOB]
