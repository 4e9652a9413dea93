"""Filters by names that do not exist: refused, with the names that do."""

from uuid import UUID

from services.gateway.executions.filters import NAMES_SHOWN, find_unknown
from services.gateway.executions.tables import ExecutionFilters, FilterNameRow

ROWS = [
    FilterNameRow("competition", "spring", is_shown=True),
    FilterNameRow("phase", "feedback", is_shown=True),
    FilterNameRow("phase", "organizer-run-1", is_shown=False),
    *(FilterNameRow("team", f"team-{number:02}", is_shown=True) for number in range(NAMES_SHOWN + 5)),
]


def told(**filters: str | UUID) -> dict[str, str]:
    return {each.where: each.what for each in find_unknown(ExecutionFilters(**filters), ROWS)}  # type: ignore[arg-type]


def test_names_that_exist_are_not_refused_even_those_that_no_list_shows() -> None:
    assert told(competition="spring", phase="organizer-run-1", team="team-24") == {}


def test_every_name_that_does_not_exist_is_told_with_what_could_have_been_meant() -> None:
    found = told(phase="fedback", team="none", box="box-1", submission_id=UUID(int=1))

    assert found["query.phase"] == "Expected one of feedback; got 'fedback'."
    assert found["query.team"].endswith("team-19 and 5 more; got 'none'.")
    assert found["query.box"] == "Expected a box that exists; got 'box-1'."
    assert set(found) == {"query.phase", "query.team", "query.box", "query.submission"}


def test_of_a_competition_that_does_not_exist_nothing_else_is_told() -> None:
    assert told(competition="none", team="none") == {"query.competition": "Expected one of spring; got 'none'."}
