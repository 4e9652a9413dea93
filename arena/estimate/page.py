"""An estimate as one HTML file that works offline."""

from pathlib import Path

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from arena.estimate.tables import COLD, HOT, axes, notes, summary
from arena.estimate.workload import Estimate, by_cell
from arena.words.names import name_test_case

CHART_HEIGHT_PX = 420
BAR_PX = 22


def write_html(estimate: Estimate, title: str, file: Path) -> None:
    """Write the heat map, the savings and the totals as one file with all its JavaScript in it."""
    bars_px = max(CHART_HEIGHT_PX, BAR_PX * len(estimate.rows))
    heights = [CHART_HEIGHT_PX, bars_px, CHART_HEIGHT_PX / 2]
    figure = make_subplots(
        rows=3,
        cols=1,
        row_heights=heights,
        subplot_titles=("CPU-seconds a study", "Machine-hours that leaving out a black box saves", ""),
        specs=[[{"type": "heatmap"}], [{"type": "bar"}], [{"type": "table"}]],
        vertical_spacing=60 / sum(heights),
    )
    what, amount = zip(*summary(estimate), *(("note", note) for note in notes(estimate)), strict=True)
    table = go.Table(cells={"values": [what, amount], "align": "left", "height": 28}, columnwidth=[1, 5])
    for number, trace in enumerate((_heat(estimate), _savings(estimate), table), start=1):
        figure.add_trace(trace, row=number, col=1)
    figure.update_layout(title=title, height=sum(heights) + 200, template="plotly_white", showlegend=False)
    file.write_text(figure.to_html(include_plotlyjs=True, full_html=True))


def _heat(estimate: Estimate) -> go.Heatmap:
    cells = by_cell(estimate.rows)
    models, datasets = axes(estimate)
    seconds = [[cells.get((model, dataset), (None, None))[0] for dataset in datasets] for model in models]
    shares = [[cells.get((model, dataset), (None, None))[1] for dataset in datasets] for model in models]
    return go.Heatmap(
        z=seconds,
        x=datasets,
        y=models,
        customdata=shares,
        colorscale=[[0, f"rgb{COLD}"], [1, f"rgb{HOT}"]],
        texttemplate="%{z:.3g} s<br>%{customdata:.1%}",
        hovertemplate="%{y} on %{x}: %{z:.4g} s, %{customdata:.2%} of the whole<extra></extra>",
        showscale=False,
        hoverongaps=False,
    )


def _savings(estimate: Estimate) -> go.Bar:
    bars = estimate.rows[::-1]
    return go.Bar(
        x=[row.saves.machine_hours for row in bars],
        y=[f"{row.label}: {name_test_case(row.model, row.dataset, row.metric)}" for row in bars],
        orientation="h",
        marker_color=f"rgb{HOT}",
        text=[f"{row.share:.1%}" for row in bars],
        hovertemplate="%{y}: %{x:,.1f} machine-hours<extra></extra>",
    )
