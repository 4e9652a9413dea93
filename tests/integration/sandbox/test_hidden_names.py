"""Studies with hidden parameter names, on the real engine: the optimizer sees x0, x1, ..., results have real names."""

import json
import textwrap

import pytest
from bayesmark.sklearn_funcs import SklearnModel
from bayesmark.space import JointSpace

from arena.sandbox.blackbox.parameter_names import draw_order
from arena.sandbox.slot import Slot
from arena.sandbox.study import Fatal
from tests.support.oracles.stock_in_image import StockInImage
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.sandbox.studies import make_study
from tests.support.zips import pack

pytestmark = pytest.mark.asyncio(loop_scope="module")

BOX = ("RF", "iris", "nll")  # its evaluations draw from the global random state
SPACE = SklearnModel(*BOX).get_api_config()
SEED = 2020


def ignoring_names(order: list[str]) -> bytes:
    """An optimizer that goes by the places of parameters: those of its search space, or of `order` with real names."""
    source = """
        from bayesmark.abstract_optimizer import AbstractOptimizer
        from bayesmark.random_search import suggest_dict

        class Optimizer(AbstractOptimizer):
            def suggest(self, n_suggestions=1):
                order = list(self.api_config) if "x0" in self.api_config else ORDER
                return [
                    {name: suggest_dict([], [], {"it": self.api_config[name]})[0]["it"] for name in order}
                    for _ in range(n_suggestions)
                ]

            def observe(self, X, y):
                print(json.dumps(y), file=sys.stderr)
    """
    return pack({"optimizer.py": f"import json, sys\nORDER = {order!r}\n{textwrap.dedent(source)}"})


async def test_losses_are_the_same_bit_for_bit_as_with_visible_names_in_the_same_order(slot: Slot) -> None:
    content = ignoring_names(draw_order(list(SPACE), SEED))

    hidden = await slot.run_study(make_study(BOX, names_seed=SEED), content)
    visible = await slot.run_study(make_study(BOX), content)
    other_order = await slot.run_study(make_study(BOX, names_seed=SEED + 1), content)

    assert (hidden.suggest_errors, hidden.observe_errors) == (0, 0)
    assert json.dumps(hidden.visible) == json.dumps(visible.visible)
    assert json.dumps(hidden.generalization) == json.dumps(visible.generalization)
    assert hidden.suggestions == visible.suggestions
    assert hidden.log == visible.log, "the optimizer is told the same losses"
    assert hidden.suggestions != other_order.suggestions


async def test_losses_are_those_of_stock_bayesmark_at_the_points_that_are_kept(slot: Slot, stock: StockInImage) -> None:
    box = ("kNN", "wine", "nll")
    study = await slot.run_study(make_study(box, names_seed=SEED), make_optimizer())

    computed = await stock.evaluate(box, study.suggestions)
    assert (study.visible, study.generalization) == (computed.visible, computed.generalization)


async def test_suggestions_are_kept_with_real_names_and_replay_bit_for_bit(slot: Slot) -> None:
    spec = make_study(BOX, names_seed=SEED)

    first = await slot.run_study(spec, make_optimizer(suggest="if self.calls == 2: raise RuntimeError('no idea')"))
    second = await slot.run_study(spec, make_optimizer(suggest="if self.calls == 2: raise RuntimeError('no idea')"))

    assert first.suggest_errors == 1
    for points in first.suggestions:
        JointSpace(SPACE).validate(points)
    assert first.suggestions == second.suggestions
    assert json.dumps(first.visible) == json.dumps(second.visible)


async def test_the_optimizer_sees_the_same_space_under_other_names(slot: Slot) -> None:
    study = await slot.run_study(
        make_study(BOX, n_calls=1, names_seed=SEED), make_optimizer(suggest="print(repr(self.api_config))")
    )

    seen = {f"x{number}": SPACE[name] for number, name in enumerate(draw_order(list(SPACE), SEED))}
    assert study.log == f"{seen!r}\n"


async def test_points_that_stood_in_for_the_optimizer_s_reach_it_under_its_names(slot: Slot) -> None:
    study = await slot.run_study(
        make_study(BOX, n_calls=1, names_seed=SEED),
        make_optimizer(suggest="raise RuntimeError('no idea')", observe="print([list(x) for x in X])"),
    )

    assert f"{[[f'x{n}' for n in range(len(SPACE))]] * 4}\n" in study.log


async def test_a_suggestion_out_of_range_is_told_under_the_name_that_the_optimizer_saw(slot: Slot) -> None:
    with pytest.raises(Fatal) as fatal:
        await slot.run_study(make_study(BOX, names_seed=SEED), make_optimizer(suggest="points[1]['x3'] = 10**6"))

    assert "suggestion 1 is outside the search space: x3 = 1000000: expected a" in fatal.value.detail
    assert not any(name in fatal.value.detail + fatal.value.log for name in SPACE)


async def test_a_suggestion_with_real_names_is_out_of_range(slot: Slot) -> None:
    zip_bytes = make_optimizer(suggest=f"points = [dict(zip({list(SPACE)!r}, point.values())) for point in points]")

    with pytest.raises(Fatal) as fatal:
        await slot.run_study(make_study(BOX, names_seed=SEED), zip_bytes)

    assert "expected the parameters ['x0', 'x1', 'x2', 'x3', 'x4', 'x5'], got" in fatal.value.detail
