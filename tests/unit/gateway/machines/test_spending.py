"""How many machines the work wants, and what a competition has cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.machines.spending import show_machines, show_spending
from services.gateway.machines.tables import MachinesRow, SpentRow

HOUR_S = 3600.0
seconds = st.floats(0, 1e6)
rows = st.lists(
    st.builds(
        SpentRow,
        kind=st.sampled_from(("competition", "organizer_run", "rescoring_candidate", "archived")),
        phase=st.sampled_from(("feedback", "final")),
        internal=st.booleans(),
        team=st.sampled_from(("a", "b", "c")),
        executions=st.integers(0, 100),
        cpu_s=seconds,
    )
)


def test_an_hour_of_a_machine_has_an_hour_of_each_of_its_slots() -> None:
    found = show_spending("c", [SpentRow("competition", "feedback", False, "a", 7, 6 * HOUR_S)], slots=4, price=0.5)

    assert (found.total.executions, found.total.cpu_hours) == (7, 6.0)
    assert (found.total.machine_hours, found.total.cost) == (1.5, 0.75)


@given(rows, st.integers(1, 8), st.floats(0, 10))
def test_phases_and_teams_each_add_up_to_the_total(rows: list[SpentRow], slots: int, price: float) -> None:
    found = show_spending("c", rows, slots, price)

    for parts in (found.phases, found.teams):
        assert sum(each.executions for each in parts) == found.total.executions
        assert sum(each.cost for each in parts) == pytest.approx(found.total.cost)
        assert [each.cpu_hours for each in parts] == sorted((each.cpu_hours for each in parts), reverse=True)


def test_a_teams_machine_hours_are_shown_for_each_phase() -> None:
    rows = [
        SpentRow("competition", phase, False, team, 1, hours * HOUR_S)
        for team, phase, hours in (("a", "feedback", 3), ("a", "final", 1), ("b", "feedback", 2))
    ]

    found = show_spending("c", rows, slots=1, price=1)

    assert {each.name: each.phases for each in found.teams} == {"a": {"feedback": 3, "final": 1}, "b": {"feedback": 2}}


def test_what_the_organizer_runs_is_one_line_whatever_its_phases_are_called() -> None:
    found = show_spending(
        "c",
        [
            SpentRow("organizer_run", "organizer-run-1", True, "(organizer)", 1, 10),
            SpentRow("organizer_run", "organizer-run-2", True, "(organizer)", 1, 20),
            SpentRow("archived", "feedback", False, "a", 1, 5),
            SpentRow("competition", "feedback", False, "a", 1, 4),
        ],
        slots=1,
        price=0,
    )

    assert [(each.name, each.executions) for each in found.phases] == [
        ("(organizer runs)", 2),
        ("(rescoring)", 1),
        ("feedback", 1),
    ]
    assert [each.name for each in found.teams] == ["(organizer)", "a"]


@pytest.mark.parametrize(("cpus", "wanted"), [(0, 0), (1, 1), (4, 1), (5, 2), (1200, 300)])
def test_so_many_machines_are_wanted_that_all_work_has_room_at_once(cpus: int, wanted: int) -> None:
    assert show_machines(MachinesRow(cpus, ready=0, not_ready=0), slots=4, limit=None).wanted == wanted


def test_a_runner_that_is_not_ready_is_a_machine_all_the_same() -> None:
    at_limit = [
        show_machines(MachinesRow(100, ready, not_ready=1), slots=1, limit=limit).at_limit
        for ready, limit in ((1, 3), (2, 3), (2, None))
    ]
    assert at_limit == [False, True, False]
