"""The page: one file with everything in it, which loads nothing and runs no scripts but its own two."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import plotly.graph_objects as go
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from arena.anytime.bootstrap import REPLICATES
from arena.anytime.figures import AnytimeFigures
from arena.report.any_budget import ecdf_chart
from arena.report.charts import all_charts, critical_difference_svg
from arena.report.comparison import Comparison
from arena.report.data import FinalData
from arena.report.statistics import LEVEL, SEED, Final
from arena.report.tables import Column, Kind, Table
from arena.words.states import SubmissionState
from arena.words.text import clean_line

NONE = "-"
NAME_CHARS = 200


def render(
    data: FinalData,
    final: Final,
    comparison: Comparison | None,
    tables: Sequence[Table],
    labels: Mapping[str, str],
    figures: AnytimeFigures,
    now: datetime,
) -> str:
    """Return the page."""
    environment = Environment(
        loader=PackageLoader("arena.report", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["cell"] = format_cell
    plotly, start = get_plotlyjs(), environment.loader.get_source(environment, "start.js")[0]  # type: ignore[union-attr]
    charts = {**all_charts(data, final, labels), "ecdf": ecdf_chart(data, final, figures)}
    return environment.get_template("template.html.j2").render(
        data=data,
        final=final,
        comparison=comparison,
        tables={table.name: table for table in tables},
        charts={name: _plain(figure) for name, figure in charts.items()},
        diagram=Markup(critical_difference_svg(data, final, comparison)) if comparison else None,  # noqa: S704 - matplotlib's, which escapes text
        unscored=[each for each in data.final.finalists if each.state != SubmissionState.SCORED],
        plotly=Markup(plotly),  # noqa: S704 - the library's own file
        start=Markup(start),  # noqa: S704 - a file of this package
        policy=content_policy([plotly, start]),
        now=now,
        level=LEVEL,
        targets=len(figures.targets),
        any_budget_replicates=REPLICATES,
        seed=SEED,
    )


def content_policy(scripts: Sequence[str]) -> str:
    """Return a content security policy by which the page loads nothing and runs only these scripts."""
    hashes = (base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in scripts)
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:"


def _plain(figure: go.Figure) -> Any:
    return json.loads(figure.to_json())


FORMATS: Mapping[Kind, Callable[[Any], str]] = {
    "count": str,
    "score": "{:.3f}".format,
    "evaluations": "{:.1f}".format,
    "share": "{:.1%}".format,
    "p": lambda p: "< 0.001" if p < 0.001 else f"{p:.3f}",
    "flag": lambda is_so: "≈ yes" if is_so else "",
    "time": "{:%Y-%m-%d %H:%M:%S}".format,
    "text": lambda text: clean_line(text, NAME_CHARS),
}


def format_cell(value: Any, column: Column) -> str:
    """Return a value of a table as the page shows it."""
    return NONE if value is None else FORMATS[column.kind](value)
