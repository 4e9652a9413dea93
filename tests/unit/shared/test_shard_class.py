"""Which runner can run a shard, and what its queue is called."""

from uuid import uuid4

import pytest

from arena.words.limits import Limits
from shared.broker.topology import shard_queue
from shared.messages import ShardReleased, StudyTask
from shared.shard_class import ShardClass, served_classes

DIGEST, OTHER = f"sha256:{'0123456789abcdef' * 4}", f"sha256:{'f' * 64}"


@pytest.mark.parametrize(
    ("environment", "cpus", "name"),
    [("small", 1, "small.1"), ("modern", 2, "modern.2"), (f"my-own@{DIGEST}", 1, "my-own.0123456789ab.1")],
)
def test_a_class_names_its_queue_and_the_key_of_its_messages(environment: str, cpus: int, name: str) -> None:
    queue = shard_queue(ShardClass(environment, cpus))
    shard = ShardReleased(
        shard_id=uuid4(),
        attempt=1,
        submission_id=uuid4(),
        box_id=uuid4(),
        model="DT",
        dataset="iris",
        metric="acc",
        studies=[StudyTask(study=0, seed=1, optimizer_seed=2)],
        n_calls=1,
        n_suggestions=1,
        limits=Limits(),
        blob_sha256="00",
        signature_wanted=False,
        environment=environment,
        cpus=cpus,
    )

    assert queue.name == f"arena.shards.{name}"
    assert queue.keys == {shard.routing_key: ShardReleased}
    assert shard.routing_key == f"shard.released.{name}"


def test_a_runner_serves_its_environments_pinned_or_not_with_as_many_cpus_as_it_has() -> None:
    entries = ["modern", f"modern@{OTHER}", "small", f"small@{DIGEST}"]

    assert served_classes({"small": DIGEST, "modern": OTHER}, 2) == [
        ShardClass(entry, cpus) for entry in entries for cpus in (1, 2)
    ]
    assert {each.cpus for each in served_classes({"small": DIGEST}, 1)} == {1}
    assert served_classes({"small": DIGEST}, 0) == []


def test_a_pinned_image_is_no_other_image_of_that_name() -> None:
    here = {"small": DIGEST}

    assert ShardClass("small", 1).has_environment(here)
    assert ShardClass(f"small@{DIGEST}", 1).has_environment(here)
    assert not ShardClass(f"small@{OTHER}", 1).has_environment(here)
    assert not ShardClass("modern", 1).has_environment(here)
