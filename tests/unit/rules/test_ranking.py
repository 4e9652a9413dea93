"""The order in which submissions are ranked."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from arena.rules.ranking import RankingKey, rank, ranking_key

START = datetime(2020, 7, 1, tzinfo=UTC)
Entry = tuple[float | None, datetime, str]
entries = st.lists(
    st.tuples(
        st.one_of(st.none(), st.sampled_from([-3.0, 0.0, 50.0, 100.0])),
        st.integers(0, 2).map(lambda minute: START + timedelta(minutes=minute)),
        st.text(alphabet="abä", max_size=3),
    ),
    max_size=12,
)


def key(entry: Entry) -> RankingKey:
    return ranking_key(*entry)


def test_the_higher_score_is_first_then_the_earlier_then_the_name() -> None:
    late = START + timedelta(seconds=1)
    ordered: list[Entry] = [(2.0, late, "z"), (1.0, START, "b"), (1.0, late, "a"), (1.0, late, "b"), (None, START, "a")]
    assert rank(reversed(ordered), key) == ordered


@given(entries, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_before(given_entries: list[Entry], random: object) -> None:
    shuffled = list(given_entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rank(shuffled, key) == rank(given_entries, key)


@given(entries)
def test_nobody_stands_before_someone_with_a_higher_score(given_entries: list[Entry]) -> None:
    scores = [score for score, _, _ in rank(given_entries, key)]
    known = [score for score in scores if score is not None]
    assert scores == sorted(known, reverse=True) + [None] * (len(scores) - len(known))
