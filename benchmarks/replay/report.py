"""What a replay found: as JSON for whoever compares two, and as tables for whoever reads one."""

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.replay.checks import Accounts
from benchmarks.replay.growth import compare, list_figures, read_figures
from benchmarks.replay.pages import GOAL_MS
from benchmarks.replay.run import Replayed
from benchmarks.replay.series import Moment, as_json, fairness, growth, split_by_work

QUARTERS = 4
FLAT = 0.1
"""Memory is flat if it grows over the second half by no more than this part."""
MIB = 1024**2
FLOODING = "team-00"


@dataclass(frozen=True)
class ReportTable:
    """A table of the report."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def write_report(found: Replayed, folder: Path, single: Path | None = None) -> bool:
    """Write everything to `folder` and print the tables; returns whether every submission was scored once.

    With the folder of a smaller replay, what has grown is shown, too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    figures, smaller = list_figures(found), None if single is None else read_figures(single)
    tables = [*_tables(found), *([] if smaller is None else [_growth_table(smaller, figures)])]
    wrong = [line for each in (found.feedback, found.final) if each for line in each.wrong]
    document = {
        "size": dataclasses.asdict(found.size),
        "compression": found.compression,
        "pace": found.pace,
        "seconds": found.seconds,
        "final_seconds": found.final_seconds,
        "figures": figures,
        "tables": [dataclasses.asdict(each) for each in tables],
        "wrong": wrong,
        "statements": found.statements,
        "moments": as_json(found.moments),
        "final_moments": as_json(found.final_moments),
    }
    (folder / "replay.json").write_text(json.dumps(document, indent=1, default=str) + "\n")
    (folder / "replay.md").write_text("\n".join(map(_as_markdown, tables)))
    console = Console(width=None if Console().is_terminal else 160)
    for each in tables:
        table = Table(title=each.title, title_justify="left")
        for number, column in enumerate(each.columns):
            table.add_column(column, justify="right" if number else "left")
        for row in each.rows:
            table.add_row(*row)
        console.print(table)
    for line in wrong[:20]:
        print(f"WRONG: {line}")
    return not wrong


def _tables(found: Replayed) -> Iterator[ReportTable]:
    yield ReportTable("What was replayed", ("what", "how much"), [*_size_rows(found)])
    if found.feedback and found.final:
        columns = ("phase", "submissions", "studies", "executions", "repeated", "scores compared", "wrong")
        rows = [_account_row("feedback", found.feedback), _account_row("final", found.final)]
        yield ReportTable("In the tables at the end", columns, rows)
    if found.times is not None:
        yield ReportTable("Time of a submission", ("seconds", "p50", "p95", "worst"), [*_time_rows(found.times)])
    yield ReportTable("Places of a team, over an equal share of those that wait", *_share_rows(found.moments))
    yield _quarters(found)
    yield ReportTable("Memory (MiB)", ("of", "first", "most", "last", "growth in 2nd half", "flat"), [*_memory(found)])
    sizes = [
        (each["name"], f"{each['bytes'] / MIB:,.0f}", f"{each['index_bytes'] / MIB:,.0f}") for each in found.tables
    ]
    largest = sorted(sizes, key=lambda row: -float(row[1].replace(",", "")))[:8]
    yield ReportTable("Largest tables (MiB)", ("table", "in all", "of it indexes"), largest)
    rows = [
        (
            each.name,
            f"{each.first_ms:.0f}",
            f"{each.p50_ms:.1f}",
            f"{each.worst_ms:.1f}",
            f"{each.size_bytes:,}",
            _yes(each.p50_ms <= GOAL_MS),
        )
        for each in found.pages
    ]
    yield ReportTable(f"Pages and feeds at the end (goal: p50 {GOAL_MS:.0f} ms)", _PAGE_COLUMNS, rows)


_PAGE_COLUMNS = ("what", "first ms", "p50 ms", "worst ms", "bytes", "holds")


def _size_rows(found: Replayed) -> Iterator[tuple[str, str]]:
    size, last = found.size, found.moments[-1]
    yield "teams, submissions", f"{size.teams:,}, {size.submissions:,}"
    yield "executions, results", f"{size.executions:,}, {size.results:,}"
    yield "days, compressed by", f"{size.days:g}, {found.compression:,.0f}"
    yield "pace of the rehearsal", f"{found.pace:,.0f} results/s"
    yield "seconds until all was scored", f"{found.seconds:,.0f}"
    yield "results/s, executions/s", f"{size.results / found.seconds:,.0f}, {size.executions / found.seconds:,.0f}"
    yield "seconds of the final", f"{found.final_seconds:,.0f}"
    yield "changes that a watcher of the leaderboard got", f"{found.changes:,}"
    p50, p99 = np.percentile(1000 * np.array(found.accepted.seconds), [50, 99])
    yield "POST of a submission, p50 and p99", f"{p50:.0f} and {p99:.0f} ms"
    yield "POSTs that were put off (503) and came again", f"{len(found.accepted.put_off):,}"
    per_study = (last.database_bytes - found.moments[0].database_bytes) / max(
        1, last.studies - found.moments[0].studies
    )
    yield "database, bytes a result", f"{last.database_bytes / MIB:,.0f} MiB, {per_study:,.0f}"


def _account_row(phase: str, each: Accounts) -> tuple[str, ...]:
    counts = (each.submissions, each.studies, each.executions, each.repeated, each.sampled, len(each.wrong))
    return (phase, *(f"{count:,}" for count in counts))


def _time_rows(times: Any) -> Iterator[tuple[str, ...]]:
    took, alone, fair = times.T
    for name, values, digits in (
        ("measured", took, 2),
        ("ideal, alone", alone, 2),
        ("ideal, at its fair share", fair, 2),
        ("measured - fair share", took - fair, 2),
        ("measured / alone", took / alone, 2),
        ("measured / fair share", took / fair, 2),
    ):
        p50, p95 = np.percentile(values, [50, 95])
        yield name, *(f"{each:.{digits}f}" for each in (p50, p95, values.max()))


def _share_rows(moments: Sequence[Moment]) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    shares = fairness(moments)
    columns = ("team", "share", "moments")
    often = {team: each for team, each in shares.items() if each[1] >= 5 or team == FLOODING}
    if not often:
        return columns, [("no two teams waited at a time", "", "")]
    by_share = sorted(often, key=lambda team: often[team][0])
    shown = dict.fromkeys([FLOODING] if FLOODING in often else [])
    shown |= dict.fromkeys([*by_share[:3], *by_share[-3:]])
    names = {FLOODING: f"{FLOODING}, which floods"}
    return columns, [(names.get(team, team), f"{often[team][0]:.2f}", str(often[team][1])) for team in shown]


def _quarters(found: Replayed) -> ReportTable:
    """CPU and rows read for 1,000 executions, by quarters of the work."""
    per_shard = found.size.studies / (found.size.shards / found.size.boxes)
    quarters = split_by_work(found.moments, QUARTERS)
    rows = []
    for name in found.moments[-1].used:
        costs = []
        for first, last in quarters:
            executions = (last.studies - first.studies) / per_shard
            costs.append(1000 * (last.used[name].cpu_s - first.used[name].cpu_s) / executions)
        rows.append((f"CPU seconds: {name}", *(f"{each:.1f}" for each in costs)))
    for name in sorted(found.moments[-1].rows_read, key=lambda name: -found.moments[-1].rows_read[name])[:8]:
        costs = []
        for first, last in quarters:
            executions = (last.studies - first.studies) / per_shard
            costs.append((last.rows_read[name] - first.rows_read[name]) / executions)
        rows.append((f"rows read, for one: {name}", *(f"{each:.1f}" for each in costs)))
    columns = ("for 1,000 executions", *(f"quarter {number + 1}" for number in range(len(quarters))))
    return ReportTable("What executions cost while the tables grow", columns, rows)


def _memory(found: Replayed) -> Iterator[tuple[str, ...]]:
    for name in found.moments[-1].used:
        values = [each.used[name].memory_bytes / MIB for each in found.moments]
        grown = growth(values)
        yield (
            *(name, f"{values[0]:.0f}", f"{max(values):.0f}", f"{values[-1]:.0f}"),
            *(f"{100 * grown:+.1f} %", _yes(grown <= FLAT)),
        )


def _growth_table(single: Mapping[str, float], tenfold: Mapping[str, float]) -> ReportTable:
    rows = [
        (name, f"{before:,.4g}", f"{after:,.4g}", f"{ratio:.2f}", _yes(holds))
        for name, before, after, ratio, holds in compare(single, tenfold)
    ]
    columns = ("what", "single", "tenfold", "ratio", "no faster than the executions")
    return ReportTable("What grows", columns, rows)


def _yes(holds: bool) -> str:
    return "yes" if holds else "NO"


def _as_markdown(table: ReportTable) -> str:
    lines = [f"### {table.title}", "", f"| {' | '.join(table.columns)} |", f"|{'---|' * len(table.columns)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in table.rows), ""])
