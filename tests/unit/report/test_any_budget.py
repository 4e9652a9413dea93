"""The figures of a final at any budget are those of its teams, in the order of their ranks."""

import pytest

from arena.anytime.targets import TARGETS
from arena.report.any_budget import any_budget_tables, ecdf_chart, measure_final
from arena.report.data import read_data
from arena.report.statistics import rank_final
from benchmarks.synthetic import SyntheticFinal


def test_the_tables_agree_with_the_scores_and_have_every_team_in_its_place() -> None:
    synthetic = SyntheticFinal(["one", "two", "three"], n_boxes=4, studies=3)
    data = read_data(synthetic.lines(), synthetic.shown(), synthetic.baseline())
    final = rank_final(data.last, replicates=50)
    figures = measure_final(data)

    ecdf, fixed_budget, fixed_target = any_budget_tables(data, final, figures)

    names = [data.teams[place.team].name for place in final.places]
    for table in (ecdf, fixed_budget, fixed_target):
        assert [row[0] for row in table.rows] == names
        assert {len(row) for row in table.rows} == {len(table.columns)}
    last = [column.name for column in fixed_budget.columns].index(f"after_{data.losses.shape[-1]}")
    assert [row[last] for row in fixed_budget.rows] == pytest.approx([place.score for place in final.places])
    reached = [number for number, column in enumerate(fixed_target.columns) if column.name.endswith("_reached")]
    assert len(reached) == len(TARGETS)
    for row in fixed_target.rows:
        for number in reached:
            assert (row[number] == 0) == (row[number - 3] is None)
    drawn = ecdf_chart(data, final, figures).data
    assert [list(line.y) for line in drawn] == [pytest.approx(row[1:]) for row in ecdf.rows]
