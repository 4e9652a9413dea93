"""Studies that end well, on the real engine."""

import json
from dataclasses import replace

import numpy as np
import pytest
from bayesmark.sklearn_funcs import SklearnModel
from bayesmark.space import JointSpace

from arena.sandbox.container_config import Cpu
from arena.sandbox.engine.containers import Engine
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.slot import Slot
from arena.sandbox.study import BoxLosses, Fatal, InfrastructureFailure, StudyOutcome
from arena.scoring import BoxStudies, score_studies
from arena.words.cut_off import TimeLimit
from tests.support.oracles.stock_in_image import StockInImage
from tests.support.sandbox.engine_watch import Watch
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.sandbox.studies import make_study
from tests.support.waiting import wait_until
from tests.support.zips import pack

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_study_reports_every_evaluation_of_every_iteration(slot: Slot) -> None:
    study = await slot.run_study(make_study(), make_optimizer())

    assert np.shape(study.visible) == np.shape(study.generalization) == np.shape(study.eval_time_s) == (3, 4)
    assert np.isfinite(study.visible).all()
    assert np.shape(study.suggest_time_s) == np.shape(study.observe_time_s) == (3,)
    assert min(study.suggest_time_s) > 0
    assert study.evaluation_cpu_s is not None
    assert 0 < study.evaluation_cpu_s < 10
    space = JointSpace(SklearnModel("DT", "iris", "acc").get_api_config())
    for points in study.suggestions:
        space.validate(points)
    assert (study.timed_out, study.suggest_errors, study.observe_errors, study.signature) == (False, 0, 0, None)


async def test_losses_are_those_of_stock_bayesmark_at_the_same_points(slot: Slot, stock: StockInImage) -> None:
    box = ("kNN", "wine", "nll")
    study = await slot.run_study(make_study(box), make_optimizer())

    computed = await stock.evaluate(box, study.suggestions)
    assert (study.visible, study.generalization) == (computed.visible, computed.generalization)


async def test_study_replays_bit_for_bit_after_another_study_and_on_another_slot(
    slot: Slot, engine: Engine, self_test: SelfTest, runner_settings: SandboxSettings
) -> None:
    spec = make_study(("RF", "iris", "nll"))  # its evaluations draw from the global random state

    first = await slot.run_study(spec, make_optimizer())
    await slot.run_study(make_study(("linear", "wine", "acc")), make_optimizer())
    second = await slot.run_study(spec, make_optimizer())
    async with Slot(engine, self_test, runner_settings, Cpu(1)) as other:
        third = await other.run_study(spec, make_optimizer())
    reseeded = await slot.run_study(replace(spec, seed=54321), make_optimizer())

    assert _losses(first) == _losses(second) == _losses(third)
    assert first.suggestions == second.suggestions == third.suggestions
    assert reseeded.suggestions == first.suggestions  # this seed is the black box's, not the optimizer's
    assert _losses(reseeded) != _losses(first)


async def test_optimizer_is_told_its_visible_losses_exactly_and_no_others(slot: Slot) -> None:
    spec = make_study()
    study = await slot.run_study(spec, make_optimizer())
    tell = "if self.calls == 3: print('told', repr(self.told)); os._exit(0)"
    telltale = make_optimizer(construct="self.told = []", observe="self.told.append(list(y))", suggest=tell)

    with pytest.raises(Fatal) as fatal:
        await slot.run_study(spec, telltale)

    assert fatal.value.detail.endswith(f"told {study.visible[:2]}\n")


async def test_signature_is_stock_bayesmarks(slot: Slot, stock: StockInImage) -> None:
    study = await slot.run_study(make_study(n_calls=1, signature=True), make_optimizer())

    assert study.signature == (await stock.evaluate(("DT", "iris", "acc"), [])).signature


async def test_signature_does_not_disturb_the_study(slot: Slot) -> None:
    plain = await slot.run_study(make_study(("RF", "iris", "acc")), make_optimizer())
    signed = await slot.run_study(make_study(("RF", "iris", "acc"), signature=True), make_optimizer())

    assert _losses(plain) == _losses(signed)


async def test_exception_in_suggest_falls_back_to_random_search_and_is_counted(slot: Slot) -> None:
    zip_bytes = make_optimizer(suggest="if self.calls == 2: raise RuntimeError('no idea')")

    study = await slot.run_study(make_study(), zip_bytes)

    assert study.suggest_errors == 1
    assert np.isfinite(study.visible).all()


async def test_exception_in_observe_is_ignored_and_counted(slot: Slot) -> None:
    study = await slot.run_study(make_study(), make_optimizer(observe="raise RuntimeError('not today')"))

    assert study.observe_errors == 3
    assert np.isfinite(study.visible).all()


async def test_observe_gets_the_points_that_suggest_returned(slot: Slot) -> None:
    zip_bytes = make_optimizer(
        suggest="self.returned = points",
        observe="if X is not self.returned or len(y) != 4 or not np.isfinite(y).all(): raise ValueError(X)",
    )

    study = await slot.run_study(make_study(), zip_bytes)

    assert study.observe_errors == 0


async def test_numpy_scalars_are_valid_suggestions(slot: Slot) -> None:
    convert = (
        "points = [{k: np.float64(v) if isinstance(v, float) else np.int64(v) for k, v in p.items()} for p in points]"
    )

    study = await slot.run_study(make_study(), make_optimizer(suggest=convert))

    assert {type(value) for points in study.suggestions for point in points for value in point.values()} == {int, float}
    assert np.isfinite(study.visible).all()


async def test_printing_does_not_break_the_protocol(slot: Slot) -> None:
    chatter = """
        print("hello " * 10000)
        os.write(1, b'{"id": 3, "points": []}\\n')
        sys.__stdout__.write("still here\\n")
        os.system("echo from a child")
    """

    study = await slot.run_study(make_study(), make_optimizer(suggest=chatter))

    assert study.suggest_errors == 0


async def test_cut_off_optimizer_keeps_the_best_it_found(slot: Slot) -> None:
    zip_bytes = make_optimizer(suggest="if self.calls == 3: time.sleep(600)")

    study = await slot.run_study(make_study(n_calls=5, iteration_timeout_s=5), zip_bytes)

    best = np.unravel_index(np.argmin(study.visible[:2]), (2, 4))
    assert study.cut_off_by is TimeLimit.ITERATION
    assert study.visible[2:] == [[study.visible[best[0]][best[1]]] * 4] * 3
    assert study.generalization[2:] == [[study.generalization[best[0]][best[1]]] * 4] * 3
    assert study.suggestions[2:] == [[study.suggestions[best[0]][best[1]]] * 4] * 3
    assert np.shape(study.suggest_time_s) == (5,)
    assert study.suggest_time_s[2] >= 5
    assert study.suggest_time_s[3:] == [0, 0]


async def test_study_limit_counts_the_time_of_all_iterations(slot: Slot) -> None:
    study = await slot.run_study(make_study(n_calls=8, study_timeout_s=6), make_optimizer(suggest="time.sleep(2)"))

    assert study.cut_off_by is TimeLimit.STUDY
    assert 0 < np.count_nonzero(study.suggest_time_s) < 5


async def test_cut_off_before_anything_was_found_counts_as_infinite_losses(slot: Slot) -> None:
    study = await slot.run_study(make_study(n_calls=2, study_timeout_s=5), make_optimizer(construct="time.sleep(600)"))

    assert study.cut_off_by is TimeLimit.STUDY
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

    study = await slot.run_study(make_study(n_calls=1), zip_bytes)

    assert study.suggest_errors == 0


async def test_studies_are_scored_in_the_black_box_container_as_by_the_aggregator(slot: Slot) -> None:
    boxes = {
        "one": BoxLosses(2.0, 1.0, [[[1.75, float("inf")], [1.5, 3.0]], [[1.25, 1.0], [1.0, 1.0]]]),
        "two": BoxLosses(0.0, -1.0, [[[-0.3, -0.4], [-0.1, -0.7]]]),
    }

    scores = await slot.score(boxes)

    by_box, score = score_studies({box: BoxStudies(**vars(each)) for box, each in boxes.items()})
    assert {box: each.loss for box, each in scores.boxes.items()} == {box: each.loss for box, each in by_box.items()}
    assert [len(each.study_losses) for each in scores.boxes.values()] == [2, 1]
    assert (scores.score, scores.low, scores.high) == pytest.approx((score.score, score.low, score.high))


async def test_what_cannot_be_scored_is_the_platforms_failure_and_the_slot_goes_on(slot: Slot) -> None:
    with pytest.raises(InfrastructureFailure, match="expected scores"):
        await slot.score({"none": BoxLosses(1.0, 0.0, [])})

    await slot.run_study(make_study(n_calls=1), make_optimizer())


async def test_slot_that_is_left_while_its_containers_start_leaves_none_behind(
    engine: Engine, runner_settings: SandboxSettings
) -> None:
    own = replace(runner_settings, owner=f"{runner_settings.owner}-hasty")
    watch = Watch(engine.docker, own.owner)
    async with Slot(other := Engine(engine.docker, own), SelfTest(other, own), own, Cpu(1)):

        async def one_is_created() -> bool:
            return bool(await watch.find())

        await wait_until(one_is_created)

    assert await watch.find() == set()


async def test_slot_leaves_no_container_behind(engine: Engine, runner_settings: SandboxSettings) -> None:
    own = replace(runner_settings, owner=f"{runner_settings.owner}-leaving")
    async with Slot(other := Engine(engine.docker, own), SelfTest(other, own), own, Cpu(1)) as slot:
        await slot.run_study(make_study(n_calls=1), make_optimizer())

    assert await Watch(engine.docker, own.owner).find() == set()


def _losses(study: StudyOutcome) -> str:
    return json.dumps([study.visible, study.generalization])
