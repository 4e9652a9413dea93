"""Studies on the organizer's own data sets, which reach the black-box container through its stream."""

import hashlib
from dataclasses import replace

import pytest

from arena.sandbox.slot import Slot
from arena.sandbox.study import InfrastructureFailure, StudySpec
from tests.support import csv_files
from tests.support.oracles.stock_in_image import StockInImage
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.sandbox.studies import make_study

pytestmark = pytest.mark.asyncio(loop_scope="module")
BOXES = [
    (("DT", "clf-three", "acc"), csv_files.classification()),
    (("kNN", "clf-three", "nll"), csv_files.classification()),
    (("lasso", "reg-sum", "mse"), csv_files.regression()),
]


def study_on(box: tuple[str, str, str], content: bytes, *, signature: bool = False) -> StudySpec:
    return make_study(box, signature=signature, dataset_sha256=hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize(
    ("box", "content"), BOXES, ids=lambda value: "_".join(value) if isinstance(value, tuple) else ""
)
async def test_losses_are_those_of_stock_bayesmark_with_the_file_in_its_data_root(
    slot: Slot, stock: StockInImage, box: tuple[str, str, str], content: bytes
) -> None:
    spec = study_on(box, content, signature=True)

    study = await slot.run_study(spec, make_optimizer(), content)

    # Seeded as the study was, because a decision tree draws from the global random state.
    computed = await stock.evaluate(box, study.suggestions, seed=f"{spec.seed:x}", dataset=content)
    assert (study.visible, study.generalization, study.signature) == (
        computed.visible,
        computed.generalization,
        computed.signature,
    )


async def test_the_container_keeps_the_file_and_asks_for_it_once(slot: Slot) -> None:
    box, content = BOXES[0]
    first = await slot.run_study(study_on(box, content), make_optimizer(), content)

    again = await slot.run_study(study_on(box, content), make_optimizer(), b"not asked for")

    assert again.visible == first.visible


async def test_two_files_of_one_name_are_two_data_sets(slot: Slot) -> None:
    box, content = BOXES[0]
    other = csv_files.classification(seed=1)

    first = await slot.run_study(study_on(box, content), make_optimizer(), content)
    second = await slot.run_study(study_on(box, other), make_optimizer(), other)

    assert first.suggestions[0] == second.suggestions[0]
    assert first.visible != second.visible


async def test_a_file_that_is_not_what_its_hash_says_is_the_platforms_fault(slot: Slot) -> None:
    box, content = BOXES[0]
    with pytest.raises(InfrastructureFailure, match="expected the data set"):
        await slot.run_study(study_on(box, content[:-1]), make_optimizer(), content)


async def test_a_study_may_name_its_environment(slot: Slot) -> None:
    spec = make_study(n_calls=1)
    await slot.run_study(replace(spec, environment="small", runtime="runc"), make_optimizer())

    with pytest.raises(InfrastructureFailure, match="no-such"):
        await slot.run_study(replace(spec, environment="no-such"), make_optimizer())

    await slot.run_study(spec, make_optimizer())
