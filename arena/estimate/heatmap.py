"""An estimate as people read it: tables with a heat map in the terminal, and one HTML file that works offline."""

import csv
from dataclasses import asdict
from pathlib import Path

import plotly.graph_objects as go
from plotly.subplots import make_subplots
from rich.style import Style
from rich.table import Table
from rich.text import Text

from arena.estimate.workload import Cost, Estimate, by_cell
from arena.terminal import plain

COLD, HOT = (255, 247, 236), (179, 0, 0)
"""Colours of no share and of the largest."""
DARK = 0.5
"""Above this part of the largest share, text is white."""
CHART_HEIGHT_PX = 420
BAR_PX = 22


def heat_map(estimate: Estimate) -> Table:
    """Return CPU-seconds a study and share of the whole by model and data set, dear ones in red."""
    cells = by_cell(estimate.rows)
    models, datasets = _axes(estimate)
    most = max((share for _, share in cells.values()), default=0.0)
    table = Table(title="CPU-seconds a study, and share of the whole")
    table.add_column("")
    for dataset in datasets:
        table.add_column(plain(dataset), justify="right")
    for model in models:
        texts = [_cell(cells.get((model, dataset)), most) for dataset in datasets]
        table.add_row(plain(model), *texts)
    return table


def savings_table(estimate: Estimate) -> Table:
    """Return what leaving out each black box saves, the dearest first, and what then is left."""
    table = Table(title="What cropping saves")
    for column in ("black box", "model", "data set", "metric"):
        table.add_column(column, no_wrap=True)  # a label cut short names no black box
    for column in ("s/study", "share", "machine-hours", "wall hours", "cost", "share left"):
        table.add_column(column, justify="right")
    left = 1.0
    for row in estimate.rows:
        left -= row.share
        error = "" if row.error_s is None else f" ± {row.error_s:.3g}"
        table.add_row(
            *(plain(text) for text in (row.label, row.model, row.dataset, row.metric)),
            f"{row.study_s:.4g}{error}",
            f"{row.share:.1%}",
            f"{row.saves.machine_hours:,.1f}",
            f"{row.saves.wall_hours:,.1f}",
            f"{row.saves.price:,.2f}",
            f"{max(left, 0.0):.1%}",
        )
    return table


def summary(estimate: Estimate) -> list[tuple[str, str]]:
    """Return the totals, as (what, how much)."""
    plan, total = estimate.plan, estimate.total
    work = (
        f"{plan.teams:,} teams x {plan.submissions:,} submissions x {len(estimate.rows):,} black boxes x "
        f"{plan.studies:,} studies x {plan.evaluations:,} evaluations"
    )
    machines = f"{plan.runners:,} machines of {plan.slots} slots"
    return [
        ("work", work),
        ("training runs", f"{total.trainings:,}"),
        ("machine-hours", f"{total.machine_hours:,.1f}"),
        ("wall time", f"{_days(total)} with {machines} always busy"),
        ("one submission", f"{estimate.submission_hours:,.2f} h with {machines} to itself"),
        ("cost", f"{total.price:,.2f} at {plan.price:,.4g} a machine-hour"),
    ]


def write_csv(estimate: Estimate, file: Path) -> None:
    """Write the table, a line for each black box."""
    rows = [{**asdict(row), "saves": None, **_flat(row.saves)} for row in estimate.rows]
    with file.open("w", newline="") as output:
        names = [name for name in rows[0] if name != "saves"]
        writer = csv.DictWriter(output, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def write_html(estimate: Estimate, title: str, file: Path) -> None:
    """Write the heat map, the savings and the totals as one file with all its JavaScript in it."""
    cells = by_cell(estimate.rows)
    models, datasets = _axes(estimate)
    seconds = [[cells.get((model, dataset), (None, None))[0] for dataset in datasets] for model in models]
    shares = [[cells.get((model, dataset), (None, None))[1] for dataset in datasets] for model in models]
    bars = estimate.rows[::-1]
    bars_px = max(CHART_HEIGHT_PX, BAR_PX * len(bars))
    heights = [CHART_HEIGHT_PX, bars_px, CHART_HEIGHT_PX / 2]
    figure = make_subplots(
        rows=3,
        cols=1,
        row_heights=heights,
        subplot_titles=("CPU-seconds a study", "Machine-hours that cropping a black box saves", ""),
        specs=[[{"type": "heatmap"}], [{"type": "bar"}], [{"type": "table"}]],
        vertical_spacing=60 / sum(heights),
    )
    heat = go.Heatmap(
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
    names = [f"{row.label}: {row.model}_{row.dataset}_{row.metric}" for row in bars]
    bar = go.Bar(
        x=[row.saves.machine_hours for row in bars],
        y=names,
        orientation="h",
        marker_color=f"rgb{HOT}",
        text=[f"{row.share:.1%}" for row in bars],
        hovertemplate="%{y}: %{x:,.1f} machine-hours<extra></extra>",
    )
    what, amount = zip(*summary(estimate), strict=True)
    table = go.Table(cells={"values": [what, amount], "align": "left", "height": 28}, columnwidth=[1, 5])
    for number, trace in enumerate((heat, bar, table), start=1):
        figure.add_trace(trace, row=number, col=1)
    figure.update_layout(title=title, height=sum(heights) + 200, template="plotly_white", showlegend=False)
    file.write_text(figure.to_html(include_plotlyjs=True, full_html=True))


def _axes(estimate: Estimate) -> tuple[list[str], list[str]]:
    models = sorted({row.model for row in estimate.rows}, key=str.lower)
    return models, sorted({row.dataset for row in estimate.rows}, key=str.lower)


def _cell(cell: tuple[float, float] | None, most: float) -> Text:
    if cell is None:
        return Text("-", style="dim")
    seconds, share = cell
    heat = share / most if most else 0.0
    red, green, blue = (round(cold + (hot - cold) * heat) for cold, hot in zip(COLD, HOT, strict=True))
    ink = "white" if heat > DARK else "black"
    return Text(f" {seconds:.3g} s {share:.1%} ", style=Style(color=ink, bgcolor=f"rgb({red},{green},{blue})"))


def _days(total: Cost) -> str:
    return f"{total.wall_hours:,.1f} h ({total.wall_hours / 24:,.1f} days)"


def _flat(saves: Cost) -> dict[str, float]:
    return {f"saves_{name}": value for name, value in asdict(saves).items()}
