"""The tables of a report: each shown on the page beside its chart, and written as CSV and JSON."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np

from arena.report.comparison import Comparison
from arena.report.data import FinalData
from arena.report.statistics import Array, Final, scores_of

Kind = Literal["text", "count", "score", "evaluations", "share", "p", "flag", "time"]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins like this for a formula, and a team's name may begin like this."""


@dataclass(frozen=True)
class Column:
    """A column: its name in files, its heading on the page, and what its values are."""

    name: str
    heading: str
    kind: Kind


@dataclass(frozen=True)
class Table:
    """Rows of values as they are; None where there is no value."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]


TEAM = Column("team", "team", "text")


def all_tables(data: FinalData, final: Final, comparison: Comparison | None, labels: Mapping[str, str]) -> list[Table]:
    """Return every table of the report in its order; `labels` says what a black box is called."""
    tables = [
        final_table(data, final),
        feedback_table(data, final),
        convergence_table(data, final),
        boxes_table(data, final, labels),
        profile_table(data, final),
        rank_shares_table(data, final),
    ]
    return tables + (
        [ranks_table(data, final, comparison), nemenyi_table(data, final, comparison)] if comparison else []
    )


def final_table(data: FinalData, final: Final) -> Table:
    """The final ranking, and everything that explains it."""
    columns = [
        Column("rank", "rank", "count"),
        TEAM,
        Column("score", "score", "score"),
        Column("score_low", "95 % from", "score"),
        Column("score_high", "to", "score"),
        Column("rank_low", "rank from", "count"),
        Column("rank_high", "to", "count"),
        Column("p_best", "P(best)", "share"),
        Column("p_better_than_next", "P(> next)", "share"),
        Column("tie_group", "tie group", "count"),
        Column("within_noise_of_next", "next in noise", "flag"),
        Column("tie_broken", "by date", "flag"),
        Column("submitted_at", "submitted", "time"),
        Column("feedback_rank", "feedback rank", "count"),
        Column("feedback_score", "feedback score", "score"),
        Column("submission_id", "submission", "text"),
    ]
    rows = []
    for place in final.places:
        team = data.teams[place.team]
        known = {**vars(place), **vars(team), "team": team.name}
        rows.append([known[column.name] for column in columns])
    return Table("final", columns, rows)


def feedback_table(data: FinalData, final: Final) -> Table:
    """Each team's rank before the final and in it."""
    columns = [
        TEAM,
        Column("feedback_rank", "feedback rank", "count"),
        Column("feedback_score", "feedback score", "score"),
        Column("rank", "final rank", "count"),
        Column("score", "final score", "score"),
        Column("places_won", "places won", "count"),
    ]
    rows = []
    for place in final.places:
        team = data.teams[place.team]
        won = None if team.feedback_rank is None else team.feedback_rank - place.rank
        rows.append([team.name, team.feedback_rank, team.feedback_score, place.rank, place.score, won])
    return Table("feedback", columns, rows)


def convergence(data: FinalData) -> Array:
    """Return each team's score at each iteration, shape (teams, iterations)."""
    return np.stack([scores_of(data.losses[..., number]) for number in range(data.losses.shape[-1])], axis=1)


def convergence_table(data: FinalData, final: Final) -> Table:
    """Scores by iteration, with random search and the best known on the same scale."""
    by_team = convergence(data)
    columns = [TEAM, *(Column(f"iteration_{n}", str(n), "score") for n in range(1, by_team.shape[1] + 1))]
    rows = [[data.teams[place.team].name, *by_team[place.team].tolist()] for place in final.places]
    rows.append(["(random search)", *(100 * (1 - data.random)).tolist()])
    rows.append(["(best known)", *[100.0] * by_team.shape[1]])
    return Table("convergence", columns, rows)


def boxes_table(data: FinalData, final: Final, labels: Mapping[str, str]) -> Table:
    """Scores by black box, means over the studies."""
    scores = 100 * (1 - data.last.mean(axis=2))
    columns = [TEAM, *(Column(box, labels[box], "score") for box in data.boxes)]
    return Table(
        "boxes", columns, [[data.teams[place.team].name, *scores[place.team].tolist()] for place in final.places]
    )


def profile(data: FinalData, scores: Array) -> Array:
    """Return the share of each team's studies that reach each score, shape (teams, scores)."""
    studies = np.sort(100 * (1 - data.last.reshape(len(data.teams), -1)), axis=1)
    below = np.stack([np.searchsorted(each, scores - 1e-9) for each in studies])
    shares: Array = 1 - below / studies.shape[1]
    return shares


def profile_table(data: FinalData, final: Final) -> Table:
    """How many of a team's studies reach a score."""
    thresholds = np.array([0, 25, 50, 75, 90, 95, 99, 100], dtype=float)
    shares = profile(data, thresholds)
    columns = [TEAM, *(Column(f"reaches_{each:g}", f"≥ {each:g}", "share") for each in thresholds)]
    rows = [[data.teams[place.team].name, *shares[place.team].tolist()] for place in final.places]
    return Table("profile", columns, rows)


def rank_shares_table(data: FinalData, final: Final) -> Table:
    """How often a team had a rank in the bootstrap."""
    columns = [TEAM, *(Column(f"rank_{place.rank}", str(place.rank), "share") for place in final.places)]
    rows = [
        [data.teams[place.team].name, *shares.tolist()]
        for place, shares in zip(final.places, final.rank_shares, strict=True)
    ]
    return Table("rank_stability", columns, rows)


def ranks_table(data: FinalData, final: Final, comparison: Comparison) -> Table:
    """Mean ranks over black boxes, and Nemenyi's test of each against the next of the final."""
    columns = [
        TEAM,
        Column("mean_rank", "mean rank over boxes", "score"),
        Column("nemenyi_p_next", "Nemenyi p against next", "p"),
    ]
    teams = [place.team for place in final.places]
    rows = [
        [
            data.teams[team].name,
            float(comparison.mean_ranks[team]),
            None if following is None else float(comparison.nemenyi_p.iloc[team, following]),
        ]
        for team, following in zip(teams, [*teams[1:], None], strict=True)
    ]
    return Table("mean_ranks", columns, rows)


def nemenyi_table(data: FinalData, final: Final, comparison: Comparison) -> Table:
    """Nemenyi's p-value of every pair."""
    teams = [place.team for place in final.places]
    columns = [TEAM, *(Column(data.teams[team].name, str(rank), "p") for rank, team in enumerate(teams, start=1))]
    rows = [[data.teams[team].name, *comparison.nemenyi_p.iloc[team, teams].tolist()] for team in teams]
    return Table("nemenyi", columns, rows)


def write_tables(directory: Path, tables: Sequence[Table], data: FinalData) -> list[str]:
    """Write each table as NAME.csv and NAME.json, and the loss of every study by iteration; returns the file names."""
    directory.mkdir(parents=True, exist_ok=True)
    for table in [*tables, Table("studies", _study_columns(data), list(_study_rows(data)))]:
        names = [column.name for column in table.columns]
        with (directory / f"{table.name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([_cell(name) for name in names])
            writer.writerows([_cell(value) for value in row] for row in table.rows)
        rows = [dict(zip(names, row, strict=True)) for row in table.rows]
        (directory / f"{table.name}.json").write_text(json.dumps(rows, default=datetime.isoformat, indent=1))
    return sorted(path.name for path in directory.iterdir() if path.is_file())


def _study_columns(data: FinalData) -> list[Column]:
    losses = [Column(f"loss_{n}", str(n), "score") for n in range(1, data.losses.shape[-1] + 1)]
    return [TEAM, Column("box", "black box", "text"), Column("study", "study", "count"), *losses]


def _study_rows(data: FinalData) -> Iterator[list[Any]]:
    for team, by_box in zip(data.teams, data.losses, strict=True):
        for box, studies in zip(data.boxes, by_box, strict=True):
            for number, losses in enumerate(studies.tolist()):
                yield [team.name, box, number, *losses]


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
