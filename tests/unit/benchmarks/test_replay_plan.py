"""The arithmetic of a replay: who submits when, how long studies take, and what an ideal platform would need."""

import statistics
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.replay.growth import compare
from benchmarks.replay.plan.arrivals import DAY_S, FLOOD_SHARE, NIGHT_HOURS, draw_arrivals
from benchmarks.replay.plan.boxes import draw_boxes, load_scales
from benchmarks.replay.plan.costs import MEAN_STUDY_S, load_costs, scale_costs, study_s
from benchmarks.replay.plan.ideal import IdealPlatform, IdealSubmission
from benchmarks.replay.plan.size import ReplaySize, tenfold
from benchmarks.replay.series import Moment, TeamShare, fairness, growth


def test_the_replay_has_the_size_of_2020() -> None:
    size = ReplaySize()

    assert (size.executions, size.results) == (108_240, 1_082_400)


def test_the_tenfold_has_ten_times_the_submissions_and_as_many_results() -> None:
    size = tenfold(ReplaySize(), 10)

    assert (size.submissions, size.executions, size.results) == (36_080, 1_082_400, 1_082_400)


def test_every_team_submits_and_all_submissions_arrive_in_time() -> None:
    size = ReplaySize()
    arrivals = draw_arrivals(size, seed=1)

    assert len(arrivals) == size.submissions
    assert {each.team for each in arrivals} == set(range(size.teams))
    assert all(0 <= each.at_s <= size.days * DAY_S for each in arrivals)
    assert arrivals == sorted(arrivals, key=lambda each: each.at_s)


def test_the_same_seed_gives_the_same_arrivals() -> None:
    assert draw_arrivals(ReplaySize(), seed=1) == draw_arrivals(ReplaySize(), seed=1)
    assert draw_arrivals(ReplaySize(), seed=1) != draw_arrivals(ReplaySize(), seed=2)


def test_some_teams_submit_much_more_than_others() -> None:
    counts = sorted(Counter(each.team for each in draw_arrivals(ReplaySize(), seed=1)).values())

    assert counts[-1] > 3 * statistics.median(counts)


def test_nights_are_quiet_deadlines_are_not_and_one_team_floods() -> None:
    size = ReplaySize()
    arrivals = draw_arrivals(size, seed=1)
    at_night = sum(each.at_s % DAY_S < NIGHT_HOURS * 3600 for each in arrivals)
    last_day = sum(each.at_s > (size.days - 1) * DAY_S for each in arrivals)
    busiest = Counter((each.team, int(each.at_s // DAY_S)) for each in arrivals).most_common(1)

    assert at_night < size.submissions * NIGHT_HOURS / 24 / 2
    assert last_day > 3 * size.submissions / size.days
    assert busiest[0][0][0] == 0
    assert busiest[0][1] >= FLOOD_SHARE * size.submissions / 2


def test_studies_take_on_average_what_they_took_in_2020() -> None:
    costs = load_costs()
    drawn = [study_s(MEAN_STUDY_S, seed) for seed in range(0, 2**32, 2**20)]

    assert len(costs) == 54
    assert statistics.fmean(costs.values()) == pytest.approx(MEAN_STUDY_S)
    assert statistics.fmean(drawn) == pytest.approx(MEAN_STUDY_S, rel=0.01)


def test_what_costs_far_more_than_the_others_is_trimmed() -> None:
    costs = scale_costs({("a", "x"): 1.0, ("b", "x"): 1.0, **{("c", str(n)): 1.0 for n in range(8)}, ("d", "x"): 100.0})

    assert costs["d", "x"] < 100 * costs["a", "x"]


def test_each_half_of_the_black_boxes_differs_and_has_a_baseline() -> None:
    boxes = draw_boxes(60, seed=1)

    assert len({each.test_case for each in boxes}) == 60
    assert {each.test_case for each in boxes} <= load_scales().keys()


def test_a_submission_that_is_alone_takes_as_long_as_its_longest_shard() -> None:
    submission = IdealSubmission(0, 5.0, [1.0, 3.0, 2.0])

    assert IdealPlatform(3).run([submission]) == [5.0 + submission.alone_s]


def test_with_one_slot_shards_run_one_after_another() -> None:
    assert IdealPlatform(1).run([IdealSubmission(0, 0.0, [1.0, 3.0, 2.0])]) == [6.0]


def test_a_team_that_floods_does_not_delay_another_for_longer_than_its_share() -> None:
    flood = [IdealSubmission(0, 0.0, [1.0] * 10) for _ in range(10)]
    other = IdealSubmission(1, 0.5, [1.0] * 10)

    ends = IdealPlatform(2).run([*flood, other])

    assert ends[-1] == pytest.approx(0.5 + 10 + 0.5 + 0.5, abs=1.0)  # one of two slots, once one is free


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.floats(0, 50), st.lists(st.floats(0.1, 9), min_size=1, max_size=6)),
        min_size=1,
        max_size=20,
    ),
    st.integers(1, 8),
)
def test_no_submission_is_faster_than_alone_and_no_slot_idles_while_any_waits(
    drawn: list[tuple[int, float, list[float]]], slots: int
) -> None:
    submissions = sorted((IdealSubmission(*each) for each in drawn), key=lambda each: each.at_s)

    ends = IdealPlatform(slots).run(submissions)

    assert all(end >= each.at_s + each.alone_s - 1e-9 for end, each in zip(ends, submissions, strict=True))
    work, first = sum(sum(each.shards_s) for each in submissions), submissions[0].at_s
    longest = max(each.alone_s for each in submissions)
    assert max(ends) <= submissions[-1].at_s + work / slots + longest + 1e-6
    assert max(ends) >= first + work / slots - 1e-6


def moment(*shares: TeamShare) -> Moment:
    return Moment(0.0, 0, 0, 0, 0, {}, shares, {})


def test_a_team_with_as_many_places_as_the_others_has_a_share_of_one() -> None:
    shares = fairness([moment(TeamShare("a", 900, 10, 8), TeamShare("b", 5, 10, 8), TeamShare("c", 0, 2, 2))])

    assert shares == {"a": (1.0, 1), "b": (1.0, 1)}


def test_a_team_that_waits_alone_says_nothing_of_fairness() -> None:
    assert fairness([moment(TeamShare("a", 900, 10, 8), TeamShare("c", 0, 2, 2))]) == {}


def test_what_does_not_grow_in_the_second_half_is_flat() -> None:
    assert growth([1, 5, 9, *([10] * 20)]) == pytest.approx(0)
    assert growth(list(np.linspace(100, 110, 21))) == pytest.approx(0.047, abs=0.002)


def test_what_grows_faster_than_the_executions_is_told() -> None:
    single = {"executions": 10.0, "page": 2.0, "CPU": 5.0, "gone": 1.0}
    tenfold = {"executions": 100.0, "page": 30.0, "CPU": 40.0}

    found = {name: (ratio, holds) for name, _, _, ratio, holds in compare(single, tenfold)}

    assert found == {"executions": (10, True), "page": (15, False), "CPU": (8, True)}
