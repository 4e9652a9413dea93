"""What the gateway reads and writes in Postgres, beyond single queries that routes call by name."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg

from arena.words.verdicts import VERDICTS, Verdict
from services.gateway.queue.queue_estimate import UNKNOWN, QueueEstimate
from shared.database import Connection, load_queries

queries = SimpleNamespace()
for _file in sorted(Path(__file__).parent.glob("*/*.sql")):
    _loaded = load_queries(_file)
    for _name in _loaded.available_queries:
        setattr(queries, _name, getattr(_loaded, _name))

_EXPORT = """
    select st.submission_id, t.name as team, b.label as box, st.study, st.visible, st.generalization{}
    from studies st
    join submissions s on s.id = st.submission_id
    join teams t on t.id = s.team_id
    join black_boxes b on b.id = st.box_id
    where st.submission_id = any ($1)
    order by st.submission_id, b.label, st.study
"""
EXPORT_LOSSES = _EXPORT.format("")
EXPORT_STUDIES = _EXPORT.format(
    ", st.eval_time_s, st.evaluation_cpu_s, st.suggest_time_s, st.observe_time_s, st.suggestions"
)
"""Here and not in queries/ because it runs in asyncpg's own cursor, row by row."""


@dataclass(frozen=True)
class NewSubmission:
    """A submission that was checked and whose zip is stored."""

    id: UUID
    phase_id: UUID
    team_id: UUID
    blob_sha256: str
    filename: str
    size_bytes: int
    studies_total: int
    created_at: datetime


async def insert_submission(connection: Connection, new: NewSubmission, change: int) -> None:
    """Insert a submission as this change of its phase."""
    await queries.insert_submission(
        connection,
        id=new.id,
        phase_id=new.phase_id,
        team_id=new.team_id,
        blob_sha256=new.blob_sha256,
        filename=new.filename,
        size_bytes=new.size_bytes,
        created_at=new.created_at,
        change=change,
    )


def new_id() -> UUID:
    """Return a new submission's id."""
    return uuid.uuid4()


def submission_body(
    row: Mapping[str, Any] | asyncpg.Record, role: str, forecast: QueueEstimate = UNKNOWN
) -> dict[str, Any]:
    """Return a submission as the API shows it to this role.

    Of a failure on a secret black box its team learns the verdict, the stage and the iteration; text that its code made
    is a way out of the box, and for the organizer alone.
    """
    low, high = row["score_low"], row["score_high"]
    meaning = VERDICTS[Verdict(row["verdict"])] if row["verdict"] else None
    return {
        "id": str(row["id"]),
        "competition": row["competition"],
        "phase": row["phase"],
        "team": row["team"],
        "filename": row["filename"],
        "state": row["state"],
        "verdict": row["verdict"],
        "verdict_sentence": meaning.sentence if meaning else None,
        "verdict_fault": meaning.fault if meaning else None,
        "verdict_stage": row["verdict_stage"],
        "verdict_iteration": row["verdict_iteration"],
        "verdict_detail": row["verdict_detail"] if role == "organizer" or row["practice"] else None,
        "score": row["score"],
        "interval": None if low is None else [low, high],
        "provisional": row["state"] != "scored",
        "chosen": row["chosen"],
        "studies_total": row["studies_total"],
        "studies_done": row["studies_done"],
        "studies_timed_out": row["studies_timed_out"],
        "suggest_errors": row["suggest_errors"],
        "observe_errors": row["observe_errors"],
        "queue_position": forecast.position,
        "remaining_s": forecast.remaining_s and list(forecast.remaining_s),
        "created_at": _time(row["created_at"]),
        "started_at": _time(row["started_at"]),
        "ended_at": _time(row["ended_at"]),
        "change": row["change"],
    }


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


async def copy_submissions(connection: Connection, submission_ids: Iterable[UUID], phase_id: UUID) -> list[UUID]:
    """Queue submissions again in another phase; returns the new ones. Announce each with `SubmissionAccepted`."""
    change = await queries.next_change(connection, phase_id=phase_id)
    rows = queries.copy_submissions(connection, submission_ids=list(submission_ids), phase_id=phase_id, change=change)
    return [row["id"] async for row in rows]
