"""Studies on the organizer's own data sets, which reach the black-box container through its stream."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from bayesmark.experiment import _build_test_problem, _setup_seeds
from bayesmark.signatures import get_func_signature

from arena.sandbox.engine import InfrastructureFailure
from arena.sandbox.slot import Slot
from shared.messages import ShardReleased
from tests import csv_files
from tests.integration.runner.conftest import TASK, make_optimizer, make_shard

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
    slot: Slot, tmp_path: Path, box: tuple[str, str, str], content: bytes
) -> None:
    study = await slot.run_study(shard_on(box, content, signature=True), TASK, make_optimizer(), content)

    (tmp_path / f"{box[1]}.csv").write_bytes(content)
    problem = _build_test_problem(*box, str(tmp_path))
    _setup_seeds(f"{TASK.seed:x}")  # a decision tree draws from the global random state
    again = np.array([[problem.evaluate(point) for point in points] for points in study.suggestions])
    np.testing.assert_array_equal(again[:, :, 0], study.visible)
    np.testing.assert_array_equal(again[:, :, 1], study.generalization)
    _setup_seeds("7e9f2cabb0dd4f44bc10cf18e440b427")
    assert study.signature == list(get_func_signature(problem.evaluate, problem.get_api_config())[1])


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
