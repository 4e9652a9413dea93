"""The example optimizers, each in its sandbox on a real black box."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from arena.sandbox.slot import Slot
from tests.support.sandbox.studies import make_study
from tests.support.zips import pack

pytestmark = pytest.mark.asyncio(loop_scope="module")

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.mark.parametrize("example", sorted(path.parent.name for path in EXAMPLES.glob("*/optimizer.py")))
async def test_example_suggests_and_observes_a_whole_study_without_an_error(slot: Slot, example: str) -> None:
    files = {path.name: path.read_bytes() for path in (EXAMPLES / example).iterdir() if path.is_file()}
    # Lasso on diabetes has bool, int and log parameters and answers in milliseconds.
    spec = replace(make_study(("lasso", "diabetes", "mse"), n_calls=16), n_suggestions=8)

    study = await slot.run_study(spec, pack(dict(files)))

    assert (study.suggest_errors, study.observe_errors, study.timed_out) == (0, 0, False)
    assert np.isfinite(study.visible).all()
