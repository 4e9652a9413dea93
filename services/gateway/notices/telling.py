"""Makes e-mails and deliveries of what has happened, once each: in the transaction that marks it as told."""

import asyncio

import structlog

from arena.api.notices.events import (
    ChangedLeaderboard,
    ClosingPhase,
    EndedSubmission,
    EventData,
    MadeAnnouncement,
    OpenedIncident,
    WebhookBody,
)
from arena.api.notices.kinds import NoticeKind
from arena.words.states import SubmissionState
from services.gateway.notices import tables
from services.gateway.notices.recipients import write_emails
from services.gateway.notices.tables import NoticeRow
from services.gateway.settings import GatewaySettings
from shared.database import TRANSIENT_ERRORS, Connection, Pool
from shared.events import wait_for_any

log = structlog.get_logger()
POLL_S = 1.0
LOOK_AT_PHASES_EVERY_S = 15.0
CLOSING_WITHIN_S = 24 * 3600.0
KEEP_DAYS = 60


async def run_telling(pool: Pool, settings: GatewaySettings, stop: asyncio.Event) -> None:
    """Tell what has happened until `stop`. Any number of gateways may do so."""
    clock = asyncio.get_running_loop().time
    look_at = clock()
    while not stop.is_set():
        try:
            if clock() >= look_at:
                look_at = clock() + LOOK_AT_PHASES_EVERY_S
                await tables.note_closing_phases(pool, CLOSING_WITHIN_S)
                await tables.delete_told(pool, KEEP_DAYS)
            while not stop.is_set() and await _tell_batch(pool, settings):
                pass
        except TRANSIENT_ERRORS as error:
            log.warning("notices wait for the database", error=repr(error))
        await wait_for_any(stop, timeout_s=POLL_S)


async def _tell_batch(pool: Pool, settings: GatewaySettings) -> bool:
    """Tell a few notices; returns whether there were any."""
    async with pool.acquire() as connection, connection.transaction():
        untold = await tables.take_untold(connection)
        for notice in untold:
            await _tell(connection, notice, settings)
    return bool(untold)


async def _tell(connection: Connection, notice: NoticeRow, settings: GatewaySettings) -> None:
    incidents = 0
    if notice.kind == NoticeKind.INCIDENT_OPENED:
        incidents = await tables.count_incidents(connection, notice.competition_id)
    body = WebhookBody(type=NoticeKind(notice.kind), timestamp=notice.created_at, data=describe(notice, incidents))
    deliveries = await tables.put_deliveries(connection, notice, body.model_dump_json())
    await write_emails(connection, notice, settings, incidents)
    if notice.state == SubmissionState.SCORED and notice.phase_id and notice.is_public and not notice.is_frozen:
        await tables.note_changed_leaderboard(connection, notice.competition_id, notice.phase_id)
    await tables.mark_told(connection, notice.id)
    log.info("notice told", notice=notice.kind, competition=notice.competition, deliveries=deliveries)


def describe(notice: NoticeRow, incidents: int) -> EventData:
    """Return the data of a webhook's body."""
    slug = notice.competition
    values = {name: value for name, value in vars(notice).items() if value is not None}
    match NoticeKind(notice.kind):
        case NoticeKind.SUBMISSION_ENDED:
            has_interval = notice.score_low is not None and notice.score_high is not None
            return EndedSubmission.model_validate(
                {name: values.get(name) for name in ("competition", "phase", "team", "state", "verdict", "score")}
                | {
                    "submission": notice.submission_id,
                    "interval": (notice.score_low, notice.score_high) if has_interval else None,
                }
            )
        case NoticeKind.INCIDENT_OPENED:
            return OpenedIncident(competition=slug, incidents=incidents)
        case NoticeKind.PHASE_CLOSING:
            return ClosingPhase(competition=slug, phase=values["phase"], closes_at=values["closes_at"])
        case NoticeKind.ANNOUNCEMENT:
            return MadeAnnouncement(competition=slug, title=values["title"], text=values["text"])
        case NoticeKind.LEADERBOARD_CHANGED:
            return ChangedLeaderboard(competition=slug, phase=values["phase"])
