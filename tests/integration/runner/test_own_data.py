"""Studies on the organizer's own data sets, which reach the black-box container through its stream."""

import hashlib

import pytest

from arena.sandbox.engine import Engine, InfrastructureFailure
from arena.sandbox.slot import Slot
from shared.messages import ShardReleased
from shared.settings import Settings
from tests.support import csv_files
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.sandbox.shards import TASK, make_shard
from tests.support.stock_in_image import evaluate_in_image

pytestmark = pytest.mark.asyncio(loop_scope="module")
BOXES = [
    (("DT", "clf-three", "acc"), csv_files.classification()),
    (("kNN", "clf-three", "nll"), csv_files.classification()),
    (("lasso", "reg-sum", "mse"), csv_files.regression()),
]


def shard_on(box: tuple[str, str, str], content: bytes, *, signature: bool = False) -> ShardReleased:
    return make_shard(box, signature=signature, dataset_sha256=hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize(
    ("box", "content"), BOXES, ids=lambda value: "_".join(value) if isinstance(value, tuple) else ""
)
async def test_losses_are_those_of_stock_bayesmark_with_the_file_in_its_data_root(
    slot: Slot, engine: Engine, runner_settings: Settings, box: tuple[str, str, str], content: bytes
) -> None:
    study = await slot.run_study(shard_on(box, content, signature=True), TASK, make_optimizer(), content)

    # Seeded as the study was, because a decision tree draws from the global random state.
    stock = await evaluate_in_image(
        engine, runner_settings, box, study.suggestions, seed=f"{TASK.seed:x}", dataset=content
    )
    assert (study.visible, study.generalization, study.signature) == (
        stock.visible,
        stock.generalization,
        stock.signature,
    )


async def test_the_container_keeps_the_file_and_asks_for_it_once(slot: Slot) -> None:
    box, content = BOXES[0]
    first = await slot.run_study(shard_on(box, content), TASK, make_optimizer(), content)

    again = await slot.run_study(shard_on(box, content), TASK, make_optimizer(), b"not asked for")

    assert again.visible == first.visible


async def test_two_files_of_one_name_are_two_data_sets(slot: Slot) -> None:
    box, content = BOXES[0]
    other = csv_files.classification(seed=1)

    first = await slot.run_study(shard_on(box, content), TASK, make_optimizer(), content)
    second = await slot.run_study(shard_on(box, other), TASK, make_optimizer(), other)

    assert first.suggestions[0] == second.suggestions[0]
    assert first.visible != second.visible


async def test_a_file_that_is_not_what_its_hash_says_is_the_platforms_fault(slot: Slot) -> None:
    box, content = BOXES[0]
    with pytest.raises(InfrastructureFailure, match="expected the data set"):
        await slot.run_study(shard_on(box, content[:-1]), TASK, make_optimizer(), content)


async def test_a_phase_may_name_an_image_of_its_own(slot: Slot) -> None:
    shard = make_shard(n_calls=1)
    await slot.run_study(
        shard.model_copy(update={"image": "arena-optimizer:local", "runtime": "runc"}), TASK, make_optimizer()
    )

    with pytest.raises(InfrastructureFailure, match="no-such-image"):
        await slot.run_study(shard.model_copy(update={"image": "no-such-image:1"}), TASK, make_optimizer())

    await slot.run_study(shard, TASK, make_optimizer())
