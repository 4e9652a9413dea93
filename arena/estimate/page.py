"""An estimate as one HTML file that loads nothing and needs no scripts."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from arena.estimate.tables import axes, notes
from arena.estimate.workload import Estimate, by_cell


def write_html(estimate: Estimate, facts: Sequence[tuple[str, str]], title: str, file: Path) -> None:
    """Write the heat map, what leaving out each black box saves, and the facts (what, how much)."""
    environment = Environment(
        loader=PackageLoader("arena.estimate", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["seconds"] = lambda seconds: f"{seconds:,.0f}" if seconds >= 100 else f"{seconds:.3g}"
    models, datasets = axes(estimate)
    cells = by_cell(estimate.rows)
    page = environment.get_template("page.html.j2").render(
        title=title,
        estimate=estimate,
        models=models,
        datasets=datasets,
        cells=cells,
        largest_share=max((share for _, share in cells.values()), default=0.0) or 1.0,
        totals=facts,
        notes=notes(estimate),
    )
    file.write_text(page, encoding="utf-8")
