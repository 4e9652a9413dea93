"""A plan of faults is drawn from its seed alone."""

import itertools

from tests.chaos.plan import kind_of, make_plan

NAMES = ["kill: one", "kill: two", "pause: one", "pause: two", "purge"]


def test_a_seed_draws_the_same_plan_again_and_another_seed_another() -> None:
    assert make_plan(1, 40, NAMES) == make_plan(1, 40, NAMES)
    assert make_plan(1, 40, NAMES) != make_plan(2, 40, NAMES)


def test_every_kind_of_fault_comes_before_any_comes_again() -> None:
    plan = make_plan(7, 30, NAMES)
    kinds = [kind_of(planned.name) for planned in plan]

    for begin in range(0, 30, 3):
        assert sorted(kinds[begin : begin + 3]) == ["kill", "pause", "purge"]
    assert {planned.name for planned in plan} == set(NAMES)


def test_some_faults_begin_before_the_one_before_is_over() -> None:
    plan = make_plan(3, 30, NAMES)

    overlaps = [after.at_s < before.at_s + before.lasts_s for before, after in itertools.pairwise(plan)]

    assert any(overlaps)
    assert not all(overlaps)
