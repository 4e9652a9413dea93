"""A real mail server on loopback that takes what it is sent, or refuses it as a test says."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from services.gateway.settings import SmtpSettings
from tests.support.certificates import Certificates
from tests.support.stack import free_port
from tests.support.waiting import wait_until

SENDER = "Arena <arena@platform.test>"
USER, PASSWORD = "arena", "the mail server's password"


class Mailbox:
    """What a mail server on `port` was sent. `answers` are its next answers to a recipient, before it takes one."""

    def __init__(self) -> None:
        self.port = free_port()
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.answers: list[str] = []
        self.asked = 0
        self.is_silent = False

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802, ARG002
        """Answer to a recipient."""
        self.asked += 1
        if self.is_silent:
            await asyncio.Event().wait()
        if self.answers:
            answer = self.answers.pop(0)
            if not answer:
                assert isinstance(server.transport, asyncio.Transport)
                server.transport.abort()
            return answer or "250 never heard"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        """Take a message."""
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"

    async def wait_for(self, number: int) -> list[EmailMessage]:
        """Return the messages once there are so many."""

        async def are_there() -> bool:
            return len(self.messages) >= number

        await wait_until(are_there, what=f"the mail server has {number} e-mails; it has {len(self.messages)}")
        return self.messages


def _authenticate(server: Any, session: Any, envelope: Any, mechanism: str, auth: Any) -> AuthResult:  # noqa: ARG001
    is_right = isinstance(auth, LoginPassword) and (auth.login, auth.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right)


@asynccontextmanager
async def running_mail_server(
    mailbox: Mailbox | None = None, certificates: Certificates | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Mailbox]:
    """Run a mail server. With certificates it takes mail only over STARTTLS, and only from whoever signs in."""
    mailbox = mailbox or Mailbox()
    options: dict[str, Any] = {}
    if certificates is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificates.folder / "server.pem", certificates.folder / "server.key")
        options = {
            "tls_context": context,
            "require_starttls": True,
            "auth_required": True,
            "authenticator": _authenticate,
        }
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox, hostname="mail.test", **options), host, mailbox.port)
    try:
        yield mailbox
    finally:
        server.close()


def smtp_settings(port: int, **more: Any) -> dict[str, Any]:
    """Return the gateway's settings for a mail server on loopback without TLS, or with what `more` says."""
    return {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none", "smtp_from": SENDER, **more}


def password_file(folder: Path) -> Path:
    """Write the password of the mail server's user into a file."""
    file = folder / "smtp-password"
    file.write_text(f"{PASSWORD}\n")
    return file


def make_smtp_settings(port: int, **more: Any) -> SmtpSettings:
    """Return settings for a mail server on loopback."""
    return SmtpSettings(**smtp_settings(port, **more))
