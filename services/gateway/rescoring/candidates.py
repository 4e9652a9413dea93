"""What a candidate is: which submissions of a phase it runs again, and what is different in it."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arena.words.limits import Limits
from arena.words.names import Label
from services.gateway.problems import Problem
from services.gateway.tables import queries
from shared.database import Connection

Body = dict[str, Any]
Row = Mapping[str, Any] | asyncpg.Record
Count = Annotated[int, Field(ge=1, le=1_000_000)]
DEFINITION = ("n_calls", "n_suggestions", "studies_per_box", "studies_per_shard", "limits", "priority")
SELECTION = {"submissions", "everything"}


class Rescore(BaseModel):
    """Which submissions to run again, by default those that count, and what is to change; `limits` may be in part."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    submissions: list[UUID] | None = None
    everything: bool = False
    baseline: str | None = Field(default=None, max_length=100)
    boxes: Annotated[list[Label], Field(min_length=1)] | None = None
    n_calls: Count | None = None
    n_suggestions: Count | None = None
    studies_per_box: Count | None = None
    studies_per_shard: Count | None = None
    limits: dict[str, Any] | None = None
    priority: Annotated[int, Field(ge=-1000, le=1000)] | None = None

    @property
    def changes(self) -> Body:
        """What is to be different."""
        return self.model_dump(exclude=SELECTION, exclude_none=True)


async def wanted_changes(connection: Connection, live: asyncpg.Record, body: Rescore) -> Body:
    """The changes that a request asks for, as `changes_of` would tell them afterwards."""
    wanted = {name: value for name, value in body.changes.items() if name not in {"limits", "baseline", "boxes"}}
    wanted["limits"] = _limits(live, body)
    baseline = await _baseline(connection, body)
    after = dict(live) | wanted | ({"boxes": sorted(set(body.boxes))} if body.boxes else {})
    if baseline is not None:
        after |= {"baseline": baseline["name"], "baseline_version": baseline["version"]}
    return changes_of(live, after)


def changes_of(live: Row, other: Row) -> Body:
    """Return what of a phase's definition is different in another one, by the other's values."""
    changes = {name: other[name] for name in (*DEFINITION, "boxes") if other[name] != live[name]}
    if (other["baseline"], other["baseline_version"]) != (live["baseline"], live["baseline_version"]):
        changes["baseline"] = f"{other['baseline']}@{other['baseline_version']}"
    return changes


def _limits(live: asyncpg.Record, body: Rescore) -> Body:
    try:
        return Limits.model_validate(live["limits"] | (body.limits or {})).model_dump()
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise Problem(422, f"The limits are not what is expected: {faults}") from error


async def _baseline(connection: Connection, body: Rescore) -> asyncpg.Record | None:
    if body.baseline is None:
        return None
    name, _, version = body.baseline.partition("@")
    if version and not (version.isdecimal() and len(version) < 10):
        raise Problem(422, f"Expected a baseline as NAME or NAME@VERSION, got {body.baseline!r}.")
    row: asyncpg.Record | None = await queries.find_baseline(
        connection, name=name, version=int(version) if version else None
    )
    if row is None:
        raise Problem(422, f"There is no baseline set {body.baseline!r}; import it with 'arena baseline import'.")
    return row


async def make_candidate(connection: Connection, live: asyncpg.Record, body: Rescore) -> UUID:
    """Make the hidden phase; raises Problem 422 where its definition cannot be."""
    baseline = await _baseline(connection, body)
    candidate_id: UUID = await queries.insert_candidate(
        connection,
        phase_id=live["id"],
        name=f"candidate-{uuid4()}",
        baseline_id=baseline and baseline["id"],
        n_calls=body.n_calls,
        n_suggestions=body.n_suggestions,
        studies_per_box=body.studies_per_box,
        studies_per_shard=body.studies_per_shard,
        limits=_limits(live, body),
        priority=body.priority,
    )
    labels = sorted(set(body.boxes or live["boxes"]))
    await queries.put_phase_boxes(
        connection, phase_id=candidate_id, competition_id=live["competition_id"], labels=labels
    )
    known = {row["label"] async for row in queries.boxes_of_phase(connection, phase_id=candidate_id)}
    if unknown := set(labels) - known:
        raise Problem(422, f"The competition has no black boxes {sorted(unknown)}.")
    uncovered = [row["label"] async for row in queries.uncovered_boxes(connection, phase_id=candidate_id)]
    if uncovered:
        raise Problem(422, f"The baseline does not cover {', '.join(uncovered)} for so many iterations.")
    return candidate_id


async def select_submissions(connection: Connection, live: asyncpg.Record, body: Rescore) -> list[UUID]:
    """Return the submissions to run again; raises Problem 422 or 409 where there are none, or not these."""
    every = not (body.submissions is None and not body.everything)
    rows = queries.ended_submissions(connection, phase_id=live["id"], only_counting=not every)
    found = [row["id"] async for row in rows]
    if body.submissions is not None:
        unknown = [str(each) for each in body.submissions if each not in found]
        if unknown:
            raise Problem(422, f"Expected submissions of {live['name']} that were scored or failed; not so: {unknown}.")
        found = body.submissions
    if not found:
        raise Problem(409, f"Phase {live['name']} has no submission that could be run again.")
    return found


def compare_ranks(rows: Iterable[Row]) -> list[Body]:
    """Return each team's score and rank before and after, by its submission that counts then; best before first."""
    rows = list(rows)
    sides = {}
    for side in ("old", "new"):
        counting = [row for row in rows if row[f"{side}_counts"]]
        counting.sort(key=lambda row: (-row[f"{side}_score"], row["team"]))
        sides[side] = {row["team"]: (rank, row[f"{side}_score"]) for rank, row in enumerate(counting, start=1)}
    nobody = (None, None)
    compared = [
        {
            "team": team,
            "old_rank": sides["old"].get(team, nobody)[0],
            "old_score": sides["old"].get(team, nobody)[1],
            "new_rank": sides["new"].get(team, nobody)[0],
            "new_score": sides["new"].get(team, nobody)[1],
        }
        for team in {row["team"] for row in rows}
    ]
    return sorted(compared, key=lambda row: (row["old_rank"] is None, row["old_rank"], row["team"]))
