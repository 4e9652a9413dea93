"""What has happened, who is told of it, and who wants which e-mails, in Postgres."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from uuid import UUID

from arena.api.notices.kinds import NoticeKind
from shared.database import Connection, Pool, PoolOrConnection, fetch_all, load_queries

queries = load_queries(files("services.gateway.notices") / "queries.sql")
BATCH = 20


@dataclass(frozen=True)
class NoticeRow:
    """Something that has happened, with all that is told of it; what does not apply is None.

    `team_id` is None unless it is about the submission of one team.
    """

    id: UUID
    kind: str
    created_at: datetime
    competition_id: UUID
    competition: str
    competition_name: str
    phase_id: UUID | None
    phase: str | None
    is_public: bool
    is_frozen: bool
    closes_at: datetime | None
    submission_id: UUID | None
    filename: str | None
    team_id: UUID | None
    team: str | None
    state: str | None
    verdict: str | None
    score: float | None
    score_low: float | None
    score_high: float | None
    title: str | None
    text: str | None


@dataclass(frozen=True)
class Recipient:
    """A person who wants an e-mail, and the secret by which it is switched off."""

    person_id: UUID
    email: str
    secret: str


async def note_closing_phases(pool: Pool, within_s: float) -> None:
    """Note the phases that close within so many seconds, each once."""
    await queries.note_closing_phases(pool, within_s=within_s)


async def note_announcement(connection: Connection, competition_id: UUID, announcement_id: UUID) -> None:
    """Note an announcement in the transaction that makes it."""
    await queries.note_announcement(connection, competition_id=competition_id, announcement_id=announcement_id)


async def note_changed_leaderboard(connection: Connection, competition_id: UUID, phase_id: UUID) -> None:
    """Note that a leaderboard has changed, once a minute and only if a webhook wants it."""
    await queries.note_changed_leaderboard(connection, competition_id=competition_id, phase_id=phase_id)


async def take_untold(connection: Connection) -> list[NoticeRow]:
    """Return what is to be told; nobody else takes it until the transaction ends."""
    return await fetch_all(NoticeRow, queries.take_untold(connection, batch=BATCH))


async def mark_told(connection: Connection, notice_id: UUID) -> None:
    """Mark a notice as told."""
    await queries.mark_told(connection, id=notice_id)


async def delete_told(pool: Pool, days: int) -> None:
    """Delete what was told so many days ago."""
    await queries.delete_told(pool, days=days)


async def count_incidents(connection: Connection, competition_id: UUID) -> int:
    """Return how many shards of a competition are incidents now."""
    found: int = await queries.count_incidents(connection, competition_id=competition_id)
    return found


async def put_deliveries(connection: Connection, notice: NoticeRow, body: str) -> int:
    """Add a delivery for each webhook that wants this; returns how many."""
    added: int = await queries.put_deliveries(
        connection,
        kind=notice.kind,
        body=body,
        competition_id=notice.competition_id,
        team_id=notice.team_id,
        is_public=notice.is_public,
        for_organizers=notice.kind == NoticeKind.INCIDENT_OPENED,
    )
    return added


async def list_members(
    connection: Connection, competition_id: UUID, team_id: UUID | None, kind: str
) -> list[Recipient]:
    """Return the members of a team, or of all teams of a competition, who want e-mails of a kind."""
    members = queries.list_members(connection, competition_id=competition_id, team_id=team_id)
    return await _list_recipients(connection, [person_id async for (person_id,) in members], kind)


async def list_organizers(connection: Connection, kind: str) -> list[Recipient]:
    """Return the organizers who want e-mails of a kind."""
    organizers = queries.list_organizers(connection)
    return await _list_recipients(connection, [person_id async for (person_id,) in organizers], kind)


async def _list_recipients(connection: Connection, person_ids: Sequence[UUID], kind: str) -> list[Recipient]:
    return await fetch_all(Recipient, queries.list_recipients(connection, person_ids=person_ids, kind=kind))


async def stop_emails(pool: Pool, person_id: UUID, secret: str, kind: NoticeKind) -> bool:
    """Switch a kind of e-mail off; returns False if the secret is not the person's."""
    return bool(await queries.stop_emails(pool, person_id=person_id, secret=secret, kind=kind))


async def find_unwanted(where: PoolOrConnection, person_id: UUID) -> set[NoticeKind]:
    """Return the kinds of e-mail that a person does not want."""
    found: list[str] | None = await queries.find_unwanted(where, person_id=person_id)
    return {NoticeKind(each) for each in found or ()}


async def choose_emails(pool: Pool, person_id: UUID, chosen: Mapping[NoticeKind, bool]) -> None:
    """Switch kinds of e-mail on and off for a person; the others stay as they are."""
    wanted, unwanted = [[kind for kind, on in chosen.items() if on is which] for which in (True, False)]
    await queries.choose_emails(pool, person_id=person_id, wanted=wanted, unwanted=unwanted)
