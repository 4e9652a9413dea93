"""A final at any budget: its tables, and the chart of its ECDF."""

import math
from collections.abc import Iterable

import plotly.graph_objects as go

from arena.anytime.figures import AnytimeFigures, Estimates, measure_anytime
from arena.report.charts import draw_lines, lay_out, lines_height, names_of
from arena.report.data import FinalData
from arena.report.statistics import SEED, Final
from arena.report.tables import TEAM, Column, Kind, Table


def measure_final(data: FinalData) -> AnytimeFigures:
    """Return the figures of a final's teams, in the order of its data."""
    return measure_anytime(data.losses, data.final.n_suggestions, seed=SEED)


def any_budget_tables(data: FinalData, final: Final, figures: AnytimeFigures) -> list[Table]:
    """Return the tables of the ECDF, at fixed budgets and to fixed targets."""
    budgets = [(f"after_{each}", f"after {each}") for each in figures.budgets]
    scores = [(f"score_{100 * (1 - each):.1f}", f"score {100 * (1 - each):.1f}") for each in figures.targets]
    shares = [Column(name, heading, "share") for name, heading in budgets]
    fixed_budget = [
        column for name, heading in [("area", "area"), *budgets] for column in _ends(name, heading, "score")
    ]
    fixed_target = [
        column
        for name, heading in scores
        for column in (*_ends(name, heading, "evaluations"), Column(f"{name}_reached", "reached by", "share"))
    ]
    ecdf, budget_rows, target_rows = [], [], []
    for place in final.places:
        team = place.team
        name = data.teams[team].name
        ecdf.append([name, *figures.shares.value[team].tolist()])
        area = [float(each[team]) for each in (figures.area.value, figures.area.low, figures.area.high)]
        budget_rows.append([name, *area, *(end for each in _rows(figures.scores, team) for end in each)])
        times = zip(_rows(figures.running_times, team), figures.successes[team].tolist(), strict=True)
        target_rows.append([name, *(cell for ends, share in times for cell in (*map(_finite, ends), share))])
    return [
        Table("ecdf", [TEAM, *shares], ecdf),
        Table("fixed_budget", [TEAM, *fixed_budget], budget_rows),
        Table("fixed_target", [TEAM, *fixed_target], target_rows),
    ]


def ecdf_chart(data: FinalData, final: Final, figures: AnytimeFigures) -> go.Figure:
    """The share of (study, target) pairs that are reached within a budget."""
    evaluations = [budget * data.final.n_suggestions for budget in figures.budgets]
    chart = go.Figure()
    shares = [figures.shares.value[place.team] for place in final.places]
    draw_lines(chart, names_of(data, final), evaluations, shares, "%{y:.1%} within %{x}")
    chart.update_traces(line_shape="hv")
    lay_out(chart, x="evaluations in a study", y="share of targets reached", height=lines_height(len(final.places)))
    return chart.update_yaxes(tickformat=".0%", rangemode="tozero")


def _ends(name: str, heading: str, kind: Kind) -> list[Column]:
    return [
        Column(name, heading, kind),
        Column(f"{name}_low", "95 % from", kind),
        Column(f"{name}_high", "to", kind),
    ]


def _rows(found: Estimates, team: int) -> Iterable[tuple[float, float, float]]:
    return zip(*(each[team].tolist() for each in (found.value, found.low, found.high)), strict=True)


def _finite(evaluations: float) -> float | None:
    return evaluations if math.isfinite(evaluations) else None
