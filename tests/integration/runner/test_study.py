"""Studies that end well, on the real engine."""

import json
import time

import numpy as np
import pytest
from bayesmark.sklearn_funcs import SklearnModel
from bayesmark.space import JointSpace

from arena.sandbox.engine import Engine
from arena.sandbox.relay import Fatal
from arena.sandbox.slot import Slot
from shared.messages import StudyFinished
from shared.settings import Settings
from tests.support.sandbox.engine_watch import Watch
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.sandbox.shards import TASK, make_shard
from tests.support.stock_in_image import evaluate_in_image
from tests.support.zips import pack

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_study_reports_every_evaluation_of_every_iteration(slot: Slot, runner_settings: Settings) -> None:
    shard = make_shard()

    study = await slot.run_study(shard, TASK, make_optimizer())

    assert np.shape(study.visible) == np.shape(study.generalization) == np.shape(study.eval_time_s) == (3, 4)
    assert np.isfinite(study.visible).all()
    assert np.shape(study.suggest_time_s) == np.shape(study.observe_time_s) == (3,)
    assert min(study.suggest_time_s) > 0
    assert study.evaluation_cpu_s is not None
    assert 0 < study.evaluation_cpu_s < 10
    space = JointSpace(SklearnModel("DT", "iris", "acc").get_api_config())
    for points in study.suggestions:
        space.validate(points)
    assert (study.shard_id, study.submission_id, study.box_id) == (shard.shard_id, shard.submission_id, shard.box_id)
    assert (study.runner_id, study.study, study.attempt) == (runner_settings.runner_id, 0, 1)
    assert (study.timed_out, study.suggest_errors, study.observe_errors, study.signature) == (False, 0, 0, None)


async def test_losses_are_those_of_stock_bayesmark_at_the_same_points(
    slot: Slot, engine: Engine, runner_settings: Settings
) -> None:
    box = ("kNN", "wine", "nll")
    study = await slot.run_study(make_shard(box), TASK, make_optimizer())

    stock = await evaluate_in_image(engine, runner_settings, box, study.suggestions)
    assert (study.visible, study.generalization) == (stock.visible, stock.generalization)


async def test_study_replays_bit_for_bit_after_another_study_and_on_another_slot(
    slot: Slot, engine: Engine, runner_settings: Settings
) -> None:
    shard = make_shard(("RF", "iris", "nll"))  # its evaluations draw from the global random state

    first = await slot.run_study(shard, TASK, make_optimizer())
    await slot.run_study(make_shard(("linear", "wine", "acc")), TASK, make_optimizer())
    second = await slot.run_study(shard, TASK, make_optimizer())
    async with Slot(engine, runner_settings, cpu=1) as other:
        third = await other.run_study(shard, TASK, make_optimizer())
    reseeded = await slot.run_study(shard, TASK.model_copy(update={"seed": 54321}), make_optimizer())

    assert _losses(first) == _losses(second) == _losses(third)
    assert first.suggestions == second.suggestions == third.suggestions
    assert reseeded.suggestions == first.suggestions  # this seed is the black box's, not the optimizer's
    assert _losses(reseeded) != _losses(first)


async def test_optimizer_is_told_its_visible_losses_exactly_and_no_others(slot: Slot) -> None:
    shard = make_shard()
    study = await slot.run_study(shard, TASK, make_optimizer())
    tell = "if self.calls == 3: print('told', repr(self.told)); os._exit(0)"
    telltale = make_optimizer(construct="self.told = []", observe="self.told.append(list(y))", suggest=tell)

    with pytest.raises(Fatal) as fatal:
        await slot.run_study(shard, TASK, telltale)

    assert fatal.value.detail.endswith(f"told {study.visible[:2]}\n")


async def test_signature_is_stock_bayesmarks(slot: Slot, engine: Engine, runner_settings: Settings) -> None:
    study = await slot.run_study(make_shard(n_calls=1, signature=True), TASK, make_optimizer())

    stock = await evaluate_in_image(engine, runner_settings, ("DT", "iris", "acc"), [])
    assert study.signature == stock.signature


async def test_signature_does_not_disturb_the_study(slot: Slot) -> None:
    plain = await slot.run_study(make_shard(("RF", "iris", "acc")), TASK, make_optimizer())
    signed = await slot.run_study(make_shard(("RF", "iris", "acc"), signature=True), TASK, make_optimizer())

    assert _losses(plain) == _losses(signed)


async def test_exception_in_suggest_falls_back_to_random_search_and_is_counted(slot: Slot) -> None:
    zip_bytes = make_optimizer(suggest="if self.calls == 2: raise RuntimeError('no idea')")

    study = await slot.run_study(make_shard(), TASK, zip_bytes)

    assert study.suggest_errors == 1
    assert np.isfinite(study.visible).all()


async def test_exception_in_observe_is_ignored_and_counted(slot: Slot) -> None:
    study = await slot.run_study(make_shard(), TASK, make_optimizer(observe="raise RuntimeError('not today')"))

    assert study.observe_errors == 3
    assert np.isfinite(study.visible).all()


async def test_observe_gets_the_points_that_suggest_returned(slot: Slot) -> None:
    zip_bytes = make_optimizer(
        suggest="self.returned = points",
        observe="if X is not self.returned or len(y) != 4 or not np.isfinite(y).all(): raise ValueError(X)",
    )

    study = await slot.run_study(make_shard(), TASK, zip_bytes)

    assert study.observe_errors == 0


async def test_numpy_scalars_are_valid_suggestions(slot: Slot) -> None:
    convert = (
        "points = [{k: np.float64(v) if isinstance(v, float) else np.int64(v) for k, v in p.items()} for p in points]"
    )

    study = await slot.run_study(make_shard(), TASK, make_optimizer(suggest=convert))

    assert {type(value) for points in study.suggestions for point in points for value in point.values()} == {int, float}
    assert np.isfinite(study.visible).all()


async def test_printing_does_not_break_the_protocol(slot: Slot) -> None:
    chatter = """
        print("hello " * 10000)
        os.write(1, b'{"id": 3, "points": []}\\n')
        sys.__stdout__.write("still here\\n")
        os.system("echo from a child")
    """

    study = await slot.run_study(make_shard(), TASK, make_optimizer(suggest=chatter))

    assert study.suggest_errors == 0


async def test_cut_off_optimizer_keeps_the_best_it_found(slot: Slot) -> None:
    zip_bytes = make_optimizer(suggest="if self.calls == 3: time.sleep(60)")

    study = await slot.run_study(make_shard(n_calls=5, iteration_timeout_s=1), TASK, zip_bytes)

    best = np.unravel_index(np.argmin(study.visible[:2]), (2, 4))
    assert study.timed_out
    assert study.visible[2:] == [[study.visible[best[0]][best[1]]] * 4] * 3
    assert study.generalization[2:] == [[study.generalization[best[0]][best[1]]] * 4] * 3
    assert study.suggestions[2:] == [[study.suggestions[best[0]][best[1]]] * 4] * 3
    assert np.shape(study.suggest_time_s) == (5,)
    assert study.suggest_time_s[2] >= 1
    assert study.suggest_time_s[3:] == [0, 0]


async def test_study_limit_counts_the_time_of_all_iterations(slot: Slot) -> None:
    study = await slot.run_study(
        make_shard(n_calls=8, study_timeout_s=1), TASK, make_optimizer(suggest="time.sleep(0.4)")
    )

    assert study.timed_out
    assert 0 < np.count_nonzero(study.suggest_time_s) < 5


async def test_cut_off_before_anything_was_found_counts_as_infinite_losses(slot: Slot) -> None:
    study = await slot.run_study(
        make_shard(n_calls=2, study_timeout_s=1), TASK, make_optimizer(construct="time.sleep(60)")
    )

    assert study.timed_out
    assert np.isinf(study.visible).all()
    assert [len(points) for points in study.suggestions] == [4, 4]


async def test_modules_data_and_wheels_of_the_zip_are_found_and_a_wheel_replaces_a_package(slot: Slot) -> None:
    wheel = pack(
        {
            "importlib_metadata/__init__.py": "version = lambda name: 'the wheel'",
            "importlib_metadata-99.dist-info/METADATA": "Metadata-Version: 2.1\nName: importlib-metadata\nVersion: 99",
            "importlib_metadata-99.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            "importlib_metadata-99.dist-info/RECORD": "",
        }
    )
    source = """
import json
import time
from pathlib import Path
import importlib_metadata
import main, points  # the team's own, though the harness has files of these names
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.random_search import suggest_dict

assert importlib_metadata.version("x") == "the wheel", importlib_metadata.__file__
assert (main.WHO, points.WHO) == ("team", "team")
assert json.loads((Path(__file__).parent / "data" / "start.json").read_text()) == [1, 2]

class Base(AbstractOptimizer):
    def observe(self, X, y):
        pass

class Derived(Base):
    def suggest(self, n_suggestions):
        return suggest_dict([], [], self.api_config, n_suggestions=n_suggestions)
"""
    zip_bytes = pack(
        {
            "optimizer.py": source,
            "main.py": "WHO = 'team'",
            "points.py": "WHO = 'team'",
            "data/start.json": "[1, 2]",
            "importlib_metadata-99-py3-none-any.whl": wheel,
            "install_order.txt": "importlib_metadata-99-py3-none-any.whl\n",
        }
    )

    study = await slot.run_study(make_shard(n_calls=1), TASK, zip_bytes)

    assert study.suggest_errors == 0


async def test_slot_that_is_left_while_its_containers_start_leaves_none_behind(
    engine: Engine, runner_settings: Settings
) -> None:
    own = runner_settings.model_copy(update={"runner_id": f"{runner_settings.runner_id}-hasty"})
    watch = Watch(engine._docker, own.runner_id)
    async with Slot(Engine(engine._docker, own), own, cpu=1):

        async def one_is_created() -> bool:
            return bool(await watch.find())

        await watch.until(one_is_created)

    assert await watch.find() == set()


async def test_short_study_costs_less_than_a_second_over_its_evaluations(slot: Slot) -> None:
    shard = make_shard(n_calls=16).model_copy(update={"n_suggestions": 8})
    zip_bytes = make_optimizer()
    await slot.run_study(shard, TASK, zip_bytes)  # warms up

    started = time.monotonic()
    studies = [await slot.run_study(shard, TASK, zip_bytes) for _ in range(4)]
    seconds = time.monotonic() - started

    evaluation_s = sum(float(np.sum(study.eval_time_s)) for study in studies)
    assert (seconds - evaluation_s) / len(studies) < 1


async def test_slot_leaves_no_container_behind(engine: Engine, runner_settings: Settings) -> None:
    own = runner_settings.model_copy(update={"runner_id": f"{runner_settings.runner_id}-leaving"})
    async with Slot(Engine(engine._docker, own), own, cpu=1) as slot:
        await slot.run_study(make_shard(n_calls=1), TASK, make_optimizer())

    assert await Watch(engine._docker, own.runner_id).find() == set()


def _losses(study: StudyFinished) -> str:
    return json.dumps([study.visible, study.generalization])
