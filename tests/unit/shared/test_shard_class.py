"""Which runner can run a shard, and what its queue is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.fixed_limits import BLACKBOX_MEMORY_BYTES
from arena.words.limits import Limits
from shared.broker.topology import shard_queue
from shared.messages import ShardReleased
from shared.shard_class import GIBIBYTE, MEBIBYTE, ShardClass, served_classes, study_memory_mib
from tests.support.services.shards import released_shard

DIGEST, OTHER = f"sha256:{'0123456789abcdef' * 4}", f"sha256:{'f' * 64}"


@pytest.mark.parametrize(
    ("environment", "cpus", "limit_gib", "name"),
    [
        ("small", 1, 2, "small.1"),
        ("modern", 2, 0.5, "modern.2"),
        (f"my-own@{DIGEST}", 1, 1, "my-own.0123456789ab.1"),
        ("modern", 2, 2.5, "modern.2.8192"),
        (f"my-own@{DIGEST}", 1, 16, "my-own.0123456789ab.1.20480"),
    ],
)
def test_a_class_names_its_queue_and_the_key_of_its_messages(
    environment: str, cpus: int, limit_gib: float, name: str
) -> None:
    limits = Limits(memory_limit_bytes=int(limit_gib * GIBIBYTE))
    queue = shard_queue(ShardClass(environment, cpus, study_memory_mib(limits)))
    shard = released_shard(limits, environment=environment, cpus=cpus)

    assert queue.name == f"arena.shards.{name}"
    assert queue.keys == {shard.routing_key: ShardReleased}
    assert shard.routing_key == f"shard.released.{name}"


def test_a_runner_serves_its_environments_pinned_or_not_with_as_many_cpus_as_it_has() -> None:
    entries = ["modern", f"modern@{OTHER}", "small", f"small@{DIGEST}"]

    assert served_classes({"small": DIGEST, "modern": OTHER}, 2, 7 * GIBIBYTE) == [
        ShardClass(entry, cpus) for entry in entries for cpus in (1, 2)
    ]
    assert {each.cpus for each in served_classes({"small": DIGEST}, 1, 24 * GIBIBYTE)} == {1}
    assert served_classes({"small": DIGEST}, 0, 24 * GIBIBYTE) == []


def test_a_pinned_image_is_no_other_image_of_that_name() -> None:
    here = {"small": DIGEST}

    assert ShardClass("small", 1).has_environment(here)
    assert ShardClass(f"small@{DIGEST}", 1).has_environment(here)
    assert not ShardClass(f"small@{OTHER}", 1).has_environment(here)
    assert not ShardClass("modern", 1).has_environment(here)


def test_a_runner_serves_what_its_memory_holds() -> None:
    def memories_gib(memory_gib: float) -> list[float]:
        classes = served_classes({"small": DIGEST}, 1, int(memory_gib * GIBIBYTE))
        return [each.memory_mib / 1024 for each in classes if each.environment == "small"]

    assert memories_gib(5.9) == []
    assert memories_gib(7.6) == [6]
    assert memories_gib(23.5) == [6, 8, 12, 20]


@given(st.integers(64 * 1024**2, 2**45))
def test_a_study_takes_its_limits_and_never_twice_as_much(limit_bytes: int) -> None:
    blackbox_mib = BLACKBOX_MEMORY_BYTES / MEBIBYTE

    rounded_mib = study_memory_mib(Limits(memory_limit_bytes=limit_bytes)) - blackbox_mib

    assert limit_bytes / MEBIBYTE <= rounded_mib < max(2 * limit_bytes / MEBIBYTE, 2049)


def test_a_runner_serves_the_problem_families_that_it_has_from_a_queue_each() -> None:
    classes = served_classes({"small": DIGEST}, 1, 7 * GIBIBYTE, ["sklearn", "bbob"])

    assert [each.name for each in classes if each.environment == "small"] == ["small.1", "small.1.bbob"]
    shard = released_shard(Limits(), environment="small", cpus=1, family="bbob")
    assert shard.routing_key == "shard.released.small.1.bbob"
    assert ShardClass("small", 1, 8192, "bbob").name == "small.1.8192.bbob"
