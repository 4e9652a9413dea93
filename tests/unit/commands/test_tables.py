"""What commands show as tables: complete on a terminal of any width, and lines that a script can split elsewhere."""

import io
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from arena.api.accounts import Team, TeamQuota, Token
from arena.api.body import example_of
from arena.api.competitions import CompetitionDescription
from arena.api.executions import Execution
from arena.api.leaderboard import Leaderboard
from arena.api.planning import BaselineGraph, BaselineNode
from arena.api.reruns import Finalist, FinalStatus, RescoringStatus
from arena.api.submissions import StudyOrigin, Submission
from arena.baseline.graph import graph_table
from arena.commands.organizer.accounts import teams_table, tokens_table
from arena.commands.organizer.executions import executions_table
from arena.commands.organizer.final import final_table
from arena.commands.organizer.rescore import comparison_table
from arena.commands.participant.competitions import competitions_table
from arena.commands.participant.leaderboard import leaderboard_table
from arena.commands.participant.provenance import studies_table
from arena.commands.participant.submission_list import submissions_table
from arena.estimate.tables import heat_map, savings_table
from arena.estimate.workload import Probe, WorkPlan, estimate_work
from arena.table import Heading, TextTable, facts_table, show_tables

ROOT = Path(__file__).parents[3]
RESCORING = RescoringStatus.model_validate(example_of(RescoringStatus))
PLACE = {
    "rank": 1,
    "within_noise_of_next": True,
    "score": 91.234,
    "score_low": 90.1,
    "score_high": 92.5,
    "rank_low": 1,
    "rank_high": 12,
    "p_best": 0.51,
    "p_better_than_next": 0.62,
    "tie_group": 1,
}
GRAPH = example_of(BaselineGraph) | {
    "nodes": [example_of(BaselineNode), example_of(BaselineNode) | {"kind": "combine", "box": None, "baseline": "b@1"}]
}
ESTIMATE = estimate_work(
    WorkPlan(), [Probe(f"box-{n:02}", f"MLP-{n % 5}", f"reg-{n % 7}", "acc", (n + 0.123456,), 1.0) for n in range(35)]
)
TABLES = {
    "teams": teams_table([Team.model_validate({**example_of(Team), "quotas": [example_of(TeamQuota)]})]),
    "tokens": tokens_table([Token.model_validate(example_of(Token))]),
    "executions": executions_table([Execution.model_validate(example_of(Execution))]),
    "leaderboard": leaderboard_table(Leaderboard.model_validate(example_of(Leaderboard))),
    "submissions": submissions_table([Submission.model_validate(example_of(Submission))]),
    "competitions": competitions_table([CompetitionDescription.model_validate(example_of(CompetitionDescription))]),
    "seeds": studies_table([StudyOrigin.model_validate(example_of(StudyOrigin))], reveal=True),
    "rescoring": comparison_table("c", "p", RESCORING),
    "final": final_table(
        FinalStatus.model_validate(example_of(FinalStatus)), [(Finalist.model_validate(example_of(Finalist)), PLACE)]
    ),
    "baseline graph": graph_table(BaselineGraph.model_validate(GRAPH).nodes),
    "heat map": heat_map(ESTIMATE),
    "savings": savings_table(ESTIMATE),
    "hash": facts_table([("zip's SHA-256", "9f" * 32)]),
}


def shown(*tables: TextTable, width: int | None) -> str:
    """Return tables as a terminal of this width shows them, or without one as they are piped."""
    console = Console(file=io.StringIO(), width=width, force_terminal=width is not None, color_system=None)
    show_tables(*tables, on=console)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def words(cells: Sequence[object]) -> list[str]:
    return [word for cell in cells for word in str(cell).split()]


@pytest.mark.parametrize("width", [20, 80, 200])
@pytest.mark.parametrize("name", TABLES)
def test_a_terminal_cuts_no_id_no_hash_and_no_number(name: str, width: int) -> None:
    table = TABLES[name]

    text = shown(table, width=width)

    assert "…" not in text
    for row in table.rows:
        assert set(words(row)) <= set(text.split())
    if table.show_headings:
        assert set(words([heading.title for heading in table.headings])) <= set(text.split())


def test_a_terminal_folds_names_and_sentences_between_words_where_that_makes_a_table_fit() -> None:
    table = TextTable([Heading("id"), Heading("name", "text")], [("9f" * 20, "a name of many words " * 3)])

    lines = shown(table, width=60).splitlines()

    assert len(lines) > 3
    assert all(len(line) <= 60 for line in lines)


@pytest.mark.parametrize("name", TABLES)
def test_piped_a_table_is_a_line_of_headings_and_a_line_for_each_row_separated_by_tabs(name: str) -> None:
    table = TABLES[name]
    kept = [place for place, heading in enumerate(table.headings) if heading.kind != "picture"]

    lines = shown(table, width=None).splitlines()

    assert lines[0].split("\t") == [table.headings[place].title for place in kept]
    assert [line.split("\t") for line in lines[1:]] == [
        [" ".join(str(row[place]).split()) for place in kept] for row in table.rows
    ]


def test_piped_tables_of_one_command_have_an_empty_line_between_them() -> None:
    one = TextTable([Heading("a")], [("1",)], title="title", caption="caption")

    assert shown(one, one, width=None) == "a\n1\n\na\n1\n"


@given(st.lists(st.tuples(st.text(), st.text()), max_size=4))
def test_whatever_teams_write_stays_in_its_cell_and_controls_no_terminal(rows: list[tuple[str, str]]) -> None:
    table = TextTable([Heading("a", "text"), Heading("b")], rows)

    piped = shown(table, width=None).removesuffix("\n").split("\n")

    assert len(piped) == 1 + len(rows)
    assert all(line.count("\t") == 1 for line in piped)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "".join(piped) + shown(table, width=40))


def test_markup_of_a_team_is_text() -> None:
    assert "[bold]x[/bold]" in shown(TextTable([Heading("a", "text")], [("[bold]x[/bold]",)]), width=80)


def test_one_place_alone_decides_how_tables_are_drawn() -> None:
    drawing = [path for path in (ROOT / "arena").rglob("*.py") if "from rich.table import Table" in path.read_text()]

    assert drawing == [ROOT / "arena/table.py"]
