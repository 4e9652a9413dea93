"""Writes the e-mails of a notice to all who want them, in the transaction that marks it as told."""

from typing import Protocol
from uuid import UUID

from arena.api.notices.kinds import NoticeKind
from services.gateway.notices import tables
from services.gateway.notices.emails import queue_email
from services.gateway.notices.letters import sign_off, stop_link, write_letter
from services.gateway.notices.tables import NoticeRow, Recipient
from services.gateway.settings import GatewaySettings
from shared.database import Connection


class OwnedWebhook(Protocol):
    """A webhook, and whose it is: a team's, or the organizers'."""

    @property
    def competition_id(self) -> UUID: ...

    @property
    def team_id(self) -> UUID | None: ...

    @property
    def url(self) -> str: ...

    @property
    def competition(self) -> str: ...


async def write_emails(connection: Connection, notice: NoticeRow, settings: GatewaySettings, incidents: int) -> None:
    """Queue the e-mails of a notice. Without a mail server there are none: they would only be given up."""
    if not settings.sends_emails:
        return
    letter = write_letter(notice, settings.public_url, incidents)
    for recipient in await _find_recipients(connection, notice):
        stop = stop_link(settings.public_url, recipient, notice.kind)
        await queue_email(
            connection,
            to=recipient.email,
            subject=letter.subject,
            text=sign_off(letter.text, stop, settings.public_url),
            unsubscribe_url=stop,
        )


async def _find_recipients(connection: Connection, notice: NoticeRow) -> list[Recipient]:
    match notice.kind:
        case NoticeKind.INCIDENT_OPENED:
            return await tables.list_organizers(connection, notice.kind)
        case NoticeKind.LEADERBOARD_CHANGED:
            return []
        case _ if not notice.is_public:
            return []
        case _:
            return await tables.list_members(connection, notice.competition_id, notice.team_id, notice.kind)


async def tell_owners(connection: Connection, settings: GatewaySettings, webhook: OwnedWebhook, because: str) -> None:
    """Tell those whose webhook was disabled. This cannot be switched off: it comes once, and programs rely on it."""
    if not settings.sends_emails:
        return
    if webhook.team_id is None:
        owners = await tables.list_organizers(connection, "")
    else:
        owners = await tables.list_members(connection, webhook.competition_id, webhook.team_id, "")
    for owner in owners:
        await queue_email(
            connection,
            to=owner.email,
            subject=f"{webhook.competition}: a webhook is disabled",
            text=(
                f"Nothing is sent to this webhook any more:\n\n{webhook.url}\n\nThe reason: {because}.\n\n"
                "Once it works again, send it one of its deliveries: arena webhook redeliver\n"
            ),
        )
