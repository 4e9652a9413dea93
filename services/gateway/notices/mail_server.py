"""Hands e-mails to the mail server, and tells refusals that are final from those that may pass."""

import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

import aiosmtplib

from services.gateway.notices.emails import Email
from services.gateway.settings import SmtpSettings

ANSWER_S = 20.0
"""How long the server may take for one answer."""


class NotTaken(Exception):
    """The mail server has not taken an e-mail, but may take it later."""


class EmailRefused(Exception):
    """The mail server will never take an e-mail, or there is none."""


class MailServer:
    """The mail server of the settings; each e-mail has a connection of its own."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._sender = parseaddr(settings.smtp_from)
        uses_tls = settings.sends_emails and settings.smtp_tls != "none"
        file = settings.smtp_ca_file
        ca_file = file if file is not None and file.stat().st_size else None  # Compose has /dev/null in place of none
        self._tls = ssl.create_default_context(cafile=ca_file) if uses_tls else None

    async def hand_over(self, email: Email) -> None:
        """Give an e-mail to the mail server. Raises NotTaken or EmailRefused."""
        settings = self._settings
        if not settings.sends_emails:
            raise EmailRefused("this platform has no mail server; the operator sets ARENA_SMTP_HOST")
        try:
            await aiosmtplib.send(
                self._write(email),
                sender=self._sender[1],
                recipients=[email.recipient],
                hostname=settings.smtp_host,
                port=settings.smtp_port,
                username=settings.smtp_user or None,
                password=self._read_password(),
                use_tls=settings.smtp_tls == "tls",
                start_tls=settings.smtp_tls == "starttls",
                tls_context=self._tls,
                timeout=ANSWER_S,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _judge(error.recipients[0]) from error
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as error:
            raise _judge(error) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:  # ValueError: what answers speaks no SMTP
            raise NotTaken(f"the mail server cannot be used: {type(error).__name__}: {error}"[:300]) from error

    def _write(self, email: Email) -> EmailMessage:
        """Return the message. Its headers are made by the library alone, which lets no text begin another one."""
        name, address = self._sender
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(name, addr_spec=address)
        message["To"] = Address(addr_spec=email.recipient)
        message["Subject"] = email.subject
        message["Date"] = format_datetime(email.created_at)
        message["Message-ID"] = f"<{email.id}@{address.rpartition('@')[2]}>"  # the same at each attempt
        message["Auto-Submitted"] = "auto-generated"  # so that no vacation program answers (RFC 3834)
        if email.unsubscribe_url is not None:
            message["List-Unsubscribe"] = f"<{email.unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
        message.set_content(email.body)
        return message

    def _read_password(self) -> str | None:
        file = self._settings.smtp_password_file
        return file.read_text().strip() or None if file is not None else None


def _judge(answer: aiosmtplib.SMTPResponseException) -> NotTaken | EmailRefused:
    said = f"{answer.code} {answer.message}"[:300]
    if answer.code >= 500:
        return EmailRefused(f"the mail server refuses it: {said}")
    return NotTaken(f"the mail server does not take it now: {said}")
