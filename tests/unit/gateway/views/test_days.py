"""The leaderboard of the past: scores and ranks at moments, as the leaderboard would have shown them then."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from arena.api.views.days import TeamDays
from services.gateway.views.days import MOST_MOMENTS, days_of, moments_between
from services.gateway.views.tables import ScoredRow

START = datetime(2020, 7, 1, tzinfo=UTC)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def row(team: str, hours: float, score: float, *chosen: float) -> ScoredRow:
    return ScoredRow(team, at(hours), score, [at(each) for each in chosen])


def test_a_team_has_the_score_and_the_rank_that_it_had() -> None:
    rows = [row("ada", 1, 50.0), row("ben", 2, 70.0), row("ada", 3, 90.0)]

    found = days_of(rows, [at(0), at(1), at(2), at(3)])

    assert found == [
        TeamDays(team="ada", scores=[None, 50.0, 50.0, 90.0], ranks=[None, 1, 2, 1]),
        TeamDays(team="ben", scores=[None, None, 70.0, 70.0], ranks=[None, None, 1, 2]),
    ]


def test_the_first_of_equal_scores_is_ahead() -> None:
    found = days_of([row("late", 2, 50.0), row("early", 1, 50.0)], [at(3)])

    assert [(each.team, each.ranks) for each in found] == [("early", [1]), ("late", [2])]


def test_from_when_on_a_team_has_chosen_a_submission_that_one_counts() -> None:
    rows = [row("ada", 1, 50.0, 3), row("ada", 2, 70.0, 4)]

    assert days_of(rows, [at(1), at(2), at(3), at(4)])[0].scores == [50.0, 70.0, 50.0, 70.0]


@given(first=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), length_s=st.floats(0, 4e8))  # noqa: DTZ001
def test_moments_are_few_go_forward_and_cover_the_whole_time(first: datetime, length_s: float) -> None:
    begin = first.replace(tzinfo=UTC)
    end = begin + timedelta(seconds=length_s)

    moments = moments_between(begin, end)

    assert moments == sorted(moments)
    assert 1 <= len(moments) <= MOST_MOMENTS
    assert moments[0] <= begin
    assert moments[-1] == end


def test_the_moments_of_four_months_are_days() -> None:
    moments = moments_between(at(10), at(10 + 24 * 120))

    assert moments[1] - moments[0] == timedelta(days=1)
    assert moments[0].hour == 0


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c"]),
            st.integers(0, 9),
            st.sampled_from([10.0, 20.0, 30.0]),
            st.lists(st.integers(0, 9), max_size=2),
        ),
        max_size=8,
    )
)
def test_looking_anew_only_where_something_happened_changes_nothing(
    found: list[tuple[str, int, float, list[int]]],
) -> None:
    rows = [row(team, hours, score, *chosen) for team, hours, score, chosen in found]
    moments = [at(hour) for hour in range(10)]

    together = {each.team: each for each in days_of(rows, moments)}

    for number, moment in enumerate(moments):
        alone = {each.team: each for each in days_of(rows, [moment])}
        shown = {team: (each.scores[number], each.ranks[number]) for team, each in together.items()}
        assert shown == {team: (each.scores[0], each.ranks[0]) for team, each in alone.items()}
