"""An estimate as tables: for the terminal, with a heat map, and as a CSV file."""

import csv
from dataclasses import asdict
from pathlib import Path

from rich.style import Style
from rich.text import Text

from arena.estimate.workload import Estimate, WorkCost, by_cell
from arena.table import Heading, TextTable

COLD, HOT = (255, 247, 236), (179, 0, 0)
"""Colours of no share and of the largest."""
DARK = 0.5
"""Above this part of the largest share, text is white."""


def heat_map(estimate: Estimate) -> TextTable:
    """Return CPU-seconds a study and share of the whole by model and data set, expensive ones in red."""
    cells = by_cell(estimate.rows)
    models, datasets = axes(estimate)
    most = max((share for _, share in cells.values()), default=0.0)
    return TextTable(
        [Heading("model"), *(Heading(dataset, "number") for dataset in datasets)],
        [(model, *(_cell(cells.get((model, dataset)), most) for dataset in datasets)) for model in models],
        title="CPU-seconds a study, and share of the whole",
    )


def savings_table(estimate: Estimate) -> TextTable:
    """Return what leaving out each black box saves, the dearest first, and what then is left."""
    numbers = ("s/study", "share", "machine-hours", "wall hours", "cost", "share left")
    headings = [*map(Heading, ("black box", "model", "data set", "metric"))]
    rows, left = [], 1.0
    for row in estimate.rows:
        left -= row.share
        error = "" if row.error_s is None else f" ± {row.error_s:.3g}"
        rows.append(
            (
                *(row.label, row.model, row.dataset, row.metric, f"{row.study_s:.4g}{error}", f"{row.share:.1%}"),
                *(f"{row.saves.machine_hours:,.1f}", f"{row.saves.wall_hours:,.1f}", f"{row.saves.price:,.2f}"),
                f"{max(left, 0.0):.1%}",
            )
        )
    headings += [Heading(title, "number") for title in numbers]
    return TextTable(headings, rows, title="What leaving out a black box saves")


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


def notes(estimate: Estimate) -> list[str]:
    """Return what is to be known of the numbers."""
    by_wall = [row.label for row in estimate.rows if not row.is_cpu_time]
    if not by_wall:
        return []
    note = (
        f"{', '.join(by_wall)}: probed before the platform kept CPU times, so these are wall seconds, which other work "
        "on the machine lengthens; another --probe-calls measures them again."
    )
    return [note]


def write_csv(estimate: Estimate, file: Path) -> None:
    """Write the table, a line for each black box."""
    rows = [{**asdict(row), "saves": None, **_flat(row.saves)} for row in estimate.rows]
    with file.open("w", newline="") as output:
        names = [name for name in rows[0] if name != "saves"]
        writer = csv.DictWriter(output, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def axes(estimate: Estimate) -> tuple[list[str], list[str]]:
    """Return the models and the data sets, in the order of rows and columns."""
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


def _days(total: WorkCost) -> str:
    return f"{total.wall_hours:,.1f} h ({total.wall_hours / 24:,.1f} days)"


def _flat(saves: WorkCost) -> dict[str, float]:
    return {f"saves_{name}": value for name, value in asdict(saves).items()}
