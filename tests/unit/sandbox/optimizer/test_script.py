"""Which class among a script's names is its optimizer."""

from typing import Any

import pytest

from arena.sandbox.optimizer.script import NoSingleOptimizer, choose_optimizer


class Base:
    """Stands for Bayesmark's AbstractOptimizer, and is one of its classes."""

    __module__ = "bayesmark.abstract_optimizer"


def derive(name: str, *bases: type, module: str = "__main__") -> type:
    return type(name, bases or (Base,), {"__module__": module})


def names(*values: Any) -> dict[str, Any]:
    return {f"name_{number}": value for number, value in enumerate(values)}


def test_the_one_subclass_is_chosen_wherever_it_was_defined_and_however_often_it_is_named() -> None:
    mine = derive("Mine", module="neighbour")

    assert choose_optimizer(names(1, Base, mine, mine, int), Base) is mine


def test_a_derived_class_goes_before_its_base() -> None:
    base = derive("Half", module="neighbour")
    middle = derive("Middle", base)
    whole = derive("Whole", middle)

    assert choose_optimizer(names(whole, base), Base) is whole


def test_bayesmark_s_own_are_nobody_s_optimizer() -> None:
    own = derive("RandomOptimizer", module="bayesmark.builtin_opt.random_optimizer")
    mine = derive("Mine")

    assert choose_optimizer(names(own, mine), Base) is mine
    with pytest.raises(NoSingleOptimizer, match="found none"):
        choose_optimizer(names(own), Base)


def test_several_are_listed_with_where_they_come_from_and_how_to_choose() -> None:
    with pytest.raises(NoSingleOptimizer) as refused:
        choose_optimizer(names(derive("One", module="neighbour.deep"), derive("Two")), Base)

    told = str(refused.value)
    assert "found 2: One (imported from neighbour.deep), Two (defined in optimizer.py)" in told
    assert "experiment_main(Two)" in told
