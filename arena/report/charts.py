"""The charts of a report, as plotly figures and one drawing of scikit-posthocs.

Names of teams are hostile text. Plotly takes HTML-like marks in any text, so names are escaped before they enter a
figure.
"""

import html
import io
import re
import warnings
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import scikit_posthocs
from matplotlib.figure import Figure as Drawing

from arena.report.comparison import Comparison
from arena.report.data import FinalData
from arena.report.statistics import LEVEL, Final
from arena.report.tables import convergence, profile
from arena.words.text import clean_line

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Of Okabe and Ito: colours that people of any colour vision can tell apart, and that show on white and on black."""
DASHES = ("solid", "dash", "dot", "dashdot")
STYLES = [(colour, dash) for dash, colour in product(DASHES, COLOURS)]
NAME_CHARS = 22
ROW_PX = 26
LEGEND = {
    "orientation": "h",
    "entrywidthmode": "fraction",
    "font": {"size": 11},
    "x": 0,
    "y": 0,
    "yref": "container",
    "yanchor": "bottom",
}
COLOUR_BAR = {"orientation": "h", "thickness": 12, "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom", "nticks": 5}
"""Above its chart, because beside one with few rows its labels would overlap."""
COLOUR_BAR_PX = 50
LABEL_CHAR_PX = 8
INK = "#010203"
"""In the drawing, this stands for the page's own text colour, which is different in light and in dark."""
DRAWING_SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "arena",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
}


def short_name(name: str, rank: int) -> str:
    """Return a team's name in charts: short, and made unique by its rank."""
    line = clean_line(name, 200)
    return f"{rank}. {line if len(line) <= NAME_CHARS else line[: NAME_CHARS - 1] + '…'}"


def names_of(data: FinalData, final: Final) -> list[str]:
    """Return the teams' names for plotly, in the order of their ranks."""
    return [html.escape(short_name(data.teams[each.team].name, each.rank), quote=False) for each in final.places]


def all_charts(data: FinalData, final: Final, labels: Mapping[str, str]) -> dict[str, go.Figure]:
    """Return the figure beside each table that has one."""
    return {
        "final": scores_chart(data, final),
        "feedback": feedback_chart(data, final),
        "convergence": convergence_chart(data, final),
        "boxes": boxes_chart(data, final, labels),
        "profile": profile_chart(data, final),
        "rank_stability": rank_chart(data, final),
    }


def lay_out(figure: go.Figure, *, x: str, y: str, height: int, **layout: Any) -> go.Figure:
    """Give a chart its axes and its height, and return it."""
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        font={"family": "system-ui, sans-serif", "size": 13},
        legend=LEGEND,
        hoverlabel={"font": {"family": "system-ui, sans-serif"}},
        **layout,
    )
    figure.update_xaxes(title=x, automargin=True, fixedrange=True)
    figure.update_yaxes(title=y, automargin=True, fixedrange=True)
    return figure


def _rows_height(rows: int) -> int:
    return 90 + ROW_PX * rows


def scores_chart(data: FinalData, final: Final) -> go.Figure:
    """Scores with their intervals, tie groups in turns of two colours."""
    names = names_of(data, final)
    figure = go.Figure()
    for turn, symbol in enumerate(("circle", "diamond")):
        shown = [(n, each) for n, each in zip(names, final.places, strict=True) if each.tie_group % 2 == 1 - turn]
        figure.add_scatter(
            x=[each.score for _, each in shown],
            y=[name for name, _ in shown],
            mode="markers",
            marker={"color": COLOURS[turn], "size": 9, "symbol": symbol},
            error_x={
                "type": "data",
                "array": [each.score_high - each.score for _, each in shown],
                "arrayminus": [each.score - each.score_low for _, each in shown],
            },
            customdata=[[each.tie_group, each.score_low, each.score_high] for _, each in shown],
            hovertemplate="%{y}: %{x:.3f} (%{customdata[1]:.3f} to %{customdata[2]:.3f}), "
            "tie group %{customdata[0]}<extra></extra>",
            showlegend=False,
        )
    lay_out(figure, x="score, with its 95 % interval", y="", height=_rows_height(len(names)))
    return figure.update_yaxes(type="category", categoryorder="array", categoryarray=names, autorange="reversed")


def feedback_chart(data: FinalData, final: Final) -> go.Figure:
    """A line from each team's feedback rank to its final rank."""
    figure = go.Figure()
    for name, place in zip(names_of(data, final), final.places, strict=True):
        before = data.teams[place.team].feedback_rank
        if before is None:
            continue
        colour, dash = STYLES[(place.rank - 1) % len(STYLES)]
        figure.add_scatter(
            x=["feedback", "final"],
            y=[before, place.rank],
            mode="lines+markers+text",
            name=name,
            text=[str(before), name],
            textposition=["middle left", "middle right"],
            cliponaxis=False,
            line={"color": colour, "dash": dash, "width": 2},
            hovertemplate=f"%{{text}}: {before} in feedback, {place.rank} in the final<extra></extra>",
            showlegend=False,
        )
    lay_out(figure, x="", y="", height=_rows_height(len(final.places)))
    figure.update_xaxes(type="category", range=[-0.15, 1.9], showgrid=False, side="top")
    return figure.update_yaxes(autorange="reversed", visible=False)


def draw_lines(figure: go.Figure, names: Sequence[str], x: Any, ys: Any, hover: str) -> None:
    """Draw a line for each name, each in a style of its own."""
    for number, (name, y) in enumerate(zip(names, ys, strict=True)):
        colour, dash = STYLES[number % len(STYLES)]
        figure.add_scatter(
            x=x,
            y=y,
            mode="lines",
            name=name,
            line={"color": colour, "dash": dash, "width": 2},
            hovertemplate=f"%{{fullData.name}}: {hover}<extra></extra>",
        )


def convergence_chart(data: FinalData, final: Final) -> go.Figure:
    """Scores by iteration against random search and the best known."""
    iterations = list(range(1, data.losses.shape[-1] + 1))
    by_team = convergence(data)
    figure = go.Figure()
    draw_lines(
        figure, names_of(data, final), iterations, [by_team[each.team] for each in final.places], "%{y:.2f} after %{x}"
    )
    for name, y, dash in (
        ("random search", 100 * (1 - data.random), "longdash"),
        ("best known", np.full(len(iterations), 100.0), "longdashdot"),
    ):
        figure.add_scatter(x=iterations, y=y, mode="lines", name=name, line={"color": "#888888", "dash": dash})
    return lay_out(figure, x="iteration", y="score", height=lines_height(len(final.places) + 2))


def lines_height(lines: int) -> int:
    """Return the height of a chart with so many lines, which its legend lists."""
    return 440 + 12 * lines


def boxes_chart(data: FinalData, final: Final, labels: Mapping[str, str]) -> go.Figure:
    """Scores by team and black box."""
    scores = 100 * (1 - data.last.mean(axis=2))[[each.team for each in final.places]]
    figure = go.Figure()
    figure.add_heatmap(
        z=scores,
        x=[html.escape(labels[box], quote=False) for box in data.boxes],
        y=names_of(data, final),
        colorscale="Viridis",
        xgap=1,
        ygap=1,
        colorbar=COLOUR_BAR | {"title": {"text": "score", "side": "top"}},
        hovertemplate="%{y} on %{x}: %{z:.2f}<extra></extra>",
    )
    below = LABEL_CHAR_PX * max(len(label) for label in labels.values())
    lay_out(figure, x="", y="", height=_rows_height(len(final.places)) + COLOUR_BAR_PX + below)
    figure.update_xaxes(type="category", tickangle=-90, showgrid=False)
    return figure.update_yaxes(type="category", autorange="reversed", showgrid=False)


def profile_chart(data: FinalData, final: Final) -> go.Figure:
    """The share of a team's studies that reach a score."""
    studies = 100 * (1 - data.last)
    scores = np.linspace(np.percentile(studies, 1), studies.max(), 201)
    shares = profile(data, scores)
    figure = go.Figure()
    draw_lines(
        figure, names_of(data, final), scores, [shares[each.team] for each in final.places], "%{y:.1%} reach %{x:.1f}"
    )
    lay_out(figure, x="score of a study", y="share that reaches it", height=lines_height(len(final.places)))
    return figure.update_yaxes(tickformat=".0%", rangemode="tozero")


def rank_chart(data: FinalData, final: Final) -> go.Figure:
    """How often a team had a rank in the bootstrap."""
    figure = go.Figure()
    figure.add_heatmap(
        z=final.rank_shares,
        x=[str(each.rank) for each in final.places],
        y=names_of(data, final),
        colorscale=[[0, "rgba(0,114,178,0)"], [0.02, "rgba(0,114,178,0.15)"], [1, "rgba(0,114,178,1)"]],
        zmin=0,
        zmax=1,
        xgap=1,
        ygap=1,
        colorbar=COLOUR_BAR | {"title": {"text": "share", "side": "top"}, "tickformat": ".0%"},
        hovertemplate="%{y} is number %{x} in %{z:.1%}<extra></extra>",
    )
    lay_out(figure, x="rank", y="", height=_rows_height(len(final.places)) + COLOUR_BAR_PX + 20)
    figure.update_xaxes(type="category", showgrid=False, tickangle=0)
    return figure.update_yaxes(type="category", autorange="reversed", showgrid=False)


def critical_difference_svg(data: FinalData, final: Final, comparison: Comparison) -> str:
    """Return the critical-difference diagram of scikit-posthocs as an `<svg>` in the page's own ink."""
    names = {each.team: short_name(data.teams[each.team].name, each.rank) for each in final.places}
    order = [names[team] for team in range(len(names))]
    p_values = pd.DataFrame(comparison.nemenyi_p.values, index=order, columns=order)
    drawn = io.StringIO()
    with mpl.rc_context(DRAWING_SETTINGS), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a name in a script that the measuring font lacks
        drawing = Drawing(figsize=(9, 1.6 + 0.17 * len(names)))
        axes = drawing.add_subplot()
        scikit_posthocs.critical_difference_diagram(
            dict(zip(order, comparison.mean_ranks.tolist(), strict=True)),
            p_values,
            cd=comparison.critical_difference,
            alpha=1 - LEVEL,
            ax=axes,
            label_fmt_left="{label} ({rank:.2f})",
            label_fmt_right="({rank:.2f}) {label}",
            label_props={"parse_math": False},
            marker_props={"color": INK, "s": 14},
            elbow_props={"color": INK, "linewidth": 0.8},
            crossbar_props={"color": INK, "linewidth": 3},
        )
        axes.lines[-1].set(
            ydata=[2, 2], clip_on=False
        )  # the length of the difference, which would cover the axis' numbers
        axes.texts[-1].set_y(2.6)
        axes.tick_params(colors=INK)
        axes.spines["top"].set_color(INK)
        drawing.savefig(
            drawn,
            format="svg",
            transparent=True,
            bbox_inches="tight",
            metadata={"Creator": None, "Date": None, "Format": None, "Type": None},
        )
    return _inline(drawn.getvalue())


def _inline(document: str) -> str:
    """Return the `<svg>` of a document without what does not belong on a page: its head and global rules."""
    svg = document[document.index("<svg") :]
    svg = re.sub(r"<style.*?</style>", "", svg, flags=re.DOTALL)
    return svg.replace(INK, "currentColor")
