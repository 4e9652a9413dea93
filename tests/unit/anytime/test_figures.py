"""The figures at any budget against cocopp's formulas and naive versions."""

import numpy as np
import pytest
from cocopp import toolsstats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from arena.anytime.figures import iterations_to, measure_anytime
from arena.anytime.targets import BUDGETS_LIMIT, TARGETS, choose_budgets
from arena.scoring import Array

N_SUGGESTIONS = 8
SHAPE = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 4), st.integers(1, 6))
losses_of_studies = arrays(float, SHAPE, elements=st.floats(-1, 1)).map(lambda found: np.minimum.accumulate(found, -1))


def drawn_losses(optimizers: int, boxes: int, studies: int, iterations: int) -> Array:
    random = np.random.default_rng(7)
    steps = random.uniform(0, 1, (optimizers, boxes, studies, iterations))
    found: Array = np.minimum.accumulate(steps**3, axis=-1)
    return found


@given(losses_of_studies)
def test_expected_running_times_and_success_shares_are_those_of_coco(losses: Array) -> None:
    figures = measure_anytime(losses, N_SUGGESTIONS, replicates=2)

    for optimizer, of_optimizer in enumerate(losses):
        for number, target in enumerate(TARGETS):
            spent, reached = [], []
            for study in of_optimizer.reshape(-1, losses.shape[-1]):
                hits = np.flatnonzero(study <= target)
                reached.append(len(hits) > 0)
                spent.append(N_SUGGESTIONS * (hits[0] + 1 if len(hits) else losses.shape[-1]))
            running_time, success, _ = toolsstats.sp(spent, issuccessful=reached)
            assert figures.running_times.value[optimizer, number] == pytest.approx(running_time)
            assert figures.successes[optimizer, number] == pytest.approx(success)


@given(losses_of_studies)
def test_the_ecdf_counts_the_pairs_reached_and_scores_are_means_over_studies(losses: Array) -> None:
    figures = measure_anytime(losses, N_SUGGESTIONS, replicates=2)

    assert list(figures.budgets) == list(range(1, losses.shape[-1] + 1))
    for optimizer, of_optimizer in enumerate(losses):
        studies = of_optimizer.reshape(-1, losses.shape[-1])
        for number, budget in enumerate(figures.budgets):
            pairs = [study[budget - 1] <= target for study in studies for target in TARGETS]
            assert figures.shares.value[optimizer, number] == pytest.approx(np.mean(pairs))
            scores = [100 * (1 - study[budget - 1]) for study in studies]
            assert figures.scores.value[optimizer, number] == pytest.approx(np.mean(scores))
        assert figures.area.value[optimizer] == pytest.approx(np.mean(figures.scores.value[optimizer]))


@given(losses_of_studies)
def test_intervals_are_in_order_and_the_same_for_the_same_seed(losses: Array) -> None:
    one, two = (measure_anytime(losses, N_SUGGESTIONS, replicates=20, seed=3) for _ in range(2))

    for name in ("area", "scores", "shares", "running_times"):
        first, second = getattr(one, name), getattr(two, name)
        assert np.array_equal(first.low, second.low)
        assert np.array_equal(first.high, second.high)
        assert np.all(first.low <= first.high)


def test_the_figures_of_an_optimizer_do_not_depend_on_the_others() -> None:
    losses = drawn_losses(3, 4, 5, 6)
    together = measure_anytime(losses, N_SUGGESTIONS)
    for number in range(3):
        alone = measure_anytime(losses[[number]], N_SUGGESTIONS)
        for name in ("area", "scores", "shares", "running_times"):
            for end in ("value", "low", "high"):
                assert getattr(getattr(alone, name), end)[0] == pytest.approx(
                    getattr(getattr(together, name), end)[number]
                )


def test_the_interval_of_a_running_time_on_one_black_box_is_that_of_coco_s_bootstrap() -> None:
    # With one black box the bootstrap draws studies alone, as cocopp does.
    losses = drawn_losses(1, 1, 40, 10)
    target = float(np.quantile(losses[..., -1], 0.7))
    figures = measure_anytime(losses, N_SUGGESTIONS, targets=[target], replicates=4000)

    first = iterations_to(losses[0, 0], [target])[:, 0]
    runs = np.where(np.isfinite(first), first, np.inf) * N_SUGGESTIONS
    # cocopp draws from the evaluations of runs, of which those at the limit and beyond are unsuccessful.
    limit = 10 * N_SUGGESTIONS + 1
    np.random.seed(1)
    percentiles, _ = toolsstats.draw(
        np.where(np.isfinite(runs), runs, limit).tolist(),
        [2.5, 97.5],
        samplesize=4000,
        func=toolsstats.sp,
        args=[limit],
    )
    low, high = figures.running_times.low[0, 0], figures.running_times.high[0, 0]
    assert [low, high] == pytest.approx(percentiles, rel=0.1)


def test_a_target_that_nobody_reaches_takes_for_ever_with_a_share_of_nothing() -> None:
    figures = measure_anytime(np.ones((1, 2, 2, 3)), N_SUGGESTIONS, targets=[1.0, 0.5])

    assert figures.running_times.value.tolist() == [[N_SUGGESTIONS, np.inf]]
    assert figures.running_times.high.tolist() == [[N_SUGGESTIONS, np.inf]]
    assert figures.successes.tolist() == [[1.0, 0.0]]


def test_an_unsuccessful_study_counts_with_its_whole_budget() -> None:
    reached = [1.0, 0.4, 0.4, 0.4]
    failed = [1.0, 1.0, 1.0, 1.0]
    figures = measure_anytime(np.array([[[reached, failed]]]), N_SUGGESTIONS, targets=[0.5])

    assert figures.running_times.value.tolist() == [[(2 + 4) * N_SUGGESTIONS]]


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(11)
    truth = 100 * (1 - 0.5)
    held = 0
    for _ in range(200):
        losses = random.uniform(0, 0.2, (1, 30, 1, 1)) + random.uniform(0.2, 0.6, (1, 30, 4, 1))
        area = measure_anytime(losses, N_SUGGESTIONS, replicates=200).area
        held += bool(area.low[0] <= truth <= area.high[0])
    assert 0.88 <= held / 200 <= 1.0


@given(st.integers(1, 100_000))
def test_budgets_are_few_and_rise_from_the_first_iteration_to_the_last(n_calls: int) -> None:
    budgets = choose_budgets(n_calls)

    assert (budgets[0], budgets[-1]) == (1, n_calls)
    assert len(budgets) <= BUDGETS_LIMIT
    assert budgets == sorted(set(budgets))


def test_losses_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(optimizers, boxes, studies, iterations\)"):
        measure_anytime(np.zeros((2, 3, 4)), N_SUGGESTIONS)
