"""E-mails reach a real mail server, once, whatever it answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.gateway.notices.email_addresses import InvalidAddress
from services.gateway.notices.email_relay import ATTEMPTS_LIMIT, WaitingEmails
from services.gateway.notices.emails import forget_emails, list_failed, queue_email
from services.gateway.notices.relay import run_relay
from services.gateway.settings import SmtpSettings
from shared.database import Pool
from tests.support.certificates import make_certificates
from tests.support.mail_server import (
    USER,
    Mailbox,
    make_smtp_settings,
    password_file,
    running_mail_server,
)
from tests.support.stack import free_port
from tests.support.waiting import wait_until

ADA = "ada@uni.example"


async def queue(pool: Pool, to: str = ADA, subject: str = "Hello", text: str = "A line.\n") -> None:
    async with pool.acquire() as connection, connection.transaction():
        await queue_email(connection, to=to, subject=subject, text=text)


@asynccontextmanager
async def relaying(pool: Pool, settings: SmtpSettings, gateways: int = 1) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(gateways):
            tasks.create_task(run_relay(WaitingEmails(pool, settings), stop))
        try:
            yield
        finally:
            stop.set()


async def until_none_is_left(pool: Pool) -> None:
    async def none_is_left() -> bool:
        return not await pool.fetchval("select exists (select from emails where failed_at is null)")

    await wait_until(none_is_left, what="no e-mail waits")


async def until_put_off(pool: Pool) -> str:
    """Return what went wrong once an attempt has failed, and let the next one be now."""
    problem = ""

    async def is_put_off() -> bool:
        nonlocal problem
        problem = await pool.fetchval("select coalesce(max(problem), '') from emails where failed_at is null")
        return bool(problem)

    await wait_until(is_put_off, what="an attempt has failed")
    await pool.execute("update emails set not_before = now(), problem = ''")
    return problem


async def test_an_email_arrives_as_it_was_written_and_nothing_of_it_stays(pool: Pool) -> None:
    async with running_mail_server() as mailbox, relaying(pool, make_smtp_settings(mailbox.port)):
        await queue(pool, subject="Die Prüfung", text="Grüße\n.\nEnde\n")
        message = (await mailbox.wait_for(1))[0]
        await until_none_is_left(pool)

    assert (message["To"], message["Subject"]) == (ADA, "Die Prüfung")
    assert message["From"] == "Arena <arena@platform.test>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().splitlines() == ["Grüße", ".", "Ende"]
    assert await pool.fetchval("select count(*) from emails") == 0


async def test_an_email_of_a_transaction_that_is_rolled_back_is_not_sent(pool: Pool) -> None:
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await queue_email(connection, to="never@uni.example", subject="a", text="b")
        await transaction.rollback()
    async with running_mail_server() as mailbox, relaying(pool, make_smtp_settings(mailbox.port)):
        await queue(pool)
        await mailbox.wait_for(1)
        await until_none_is_left(pool)
    assert mailbox.recipients == [[ADA]]


async def test_two_gateways_send_each_email_once(pool: Pool) -> None:
    addresses = [f"person-{number}@uni.example" for number in range(20)]
    for address in addresses:
        await queue(pool, to=address)
    async with running_mail_server() as mailbox, relaying(pool, make_smtp_settings(mailbox.port), gateways=2):
        await mailbox.wait_for(len(addresses))
        await until_none_is_left(pool)
    assert sorted(mailbox.recipients) == sorted([address] for address in addresses)


async def test_over_starttls_the_gateway_signs_in_and_verifies_the_server(pool: Pool, tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path / "certificates", "localhost")
    settings = {"smtp_tls": "starttls", "smtp_user": USER, "smtp_password_file": password_file(tmp_path)}
    async with running_mail_server(certificates=certificates) as mailbox:
        trusting = make_smtp_settings(mailbox.port, smtp_host="localhost", smtp_ca_file=certificates.ca, **settings)
        async with relaying(pool, trusting):
            await queue(pool)
            assert (await mailbox.wait_for(1))[0]["To"] == ADA
            await until_none_is_left(pool)


async def test_a_server_whose_certificate_nobody_signed_gets_no_email(pool: Pool, tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path / "certificates", "localhost")
    no_file = {"smtp_ca_file": Path("/dev/null")}  # as Compose names it
    async with running_mail_server(certificates=certificates) as mailbox:
        settings = make_smtp_settings(mailbox.port, smtp_host="localhost", smtp_tls="starttls", **no_file)
        async with relaying(pool, settings):
            await queue(pool)
            assert "cannot be used" in await until_put_off(pool)
        assert mailbox.asked == 0


@pytest.mark.parametrize("answer", ["451 try again later", "421 too busy", ""])
async def test_what_may_pass_is_tried_again(pool: Pool, answer: str) -> None:
    async with running_mail_server() as mailbox, relaying(pool, make_smtp_settings(mailbox.port)):
        mailbox.answers = [answer]  # without an answer, the connection is cut
        await queue(pool)
        await until_put_off(pool)
        await mailbox.wait_for(1)
        await until_none_is_left(pool)
    assert mailbox.asked == 2


async def test_a_server_that_comes_back_gets_what_waited(pool: Pool) -> None:
    mailbox = Mailbox()
    async with relaying(pool, make_smtp_settings(mailbox.port)):
        await queue(pool)
        assert "cannot be used" in await until_put_off(pool)
        async with running_mail_server(mailbox):
            await pool.execute("update emails set not_before = now()")
            await mailbox.wait_for(1)
            await until_none_is_left(pool)


async def test_a_final_refusal_is_kept_for_the_organizer_without_the_text(pool: Pool) -> None:
    async with running_mail_server() as mailbox, relaying(pool, make_smtp_settings(mailbox.port)):
        mailbox.answers = ["550 no such person here"]
        await queue(pool, text="A link that signs in.")
        await until_none_is_left(pool)
        await queue(pool, to="eva@uni.example")
        await mailbox.wait_for(1)
    [failed] = await list_failed(pool, None, 10)
    assert (failed.recipient, failed.problem) == (ADA, "the mail server refuses it: 550 no such person here")
    assert await pool.fetchval("select body from emails where id = $1", failed.id) == ""


async def test_an_email_is_given_up_after_its_last_attempt(pool: Pool) -> None:
    async with relaying(pool, make_smtp_settings(free_port())):
        await queue(pool)
        await pool.execute("update emails set attempts = $1, not_before = now()", ATTEMPTS_LIMIT - 1)
        await until_none_is_left(pool)
    [failed] = await list_failed(pool, None, 10)
    assert failed.attempts >= ATTEMPTS_LIMIT


async def test_a_silent_server_holds_up_neither_the_end_nor_the_email(pool: Pool) -> None:
    mailbox = Mailbox()
    mailbox.is_silent = True
    async with running_mail_server(mailbox):
        waiting = WaitingEmails(pool, make_smtp_settings(mailbox.port))
        relay = asyncio.create_task(run_relay(waiting, asyncio.Event()))
        await queue(pool)

        async def is_asked() -> bool:
            return mailbox.asked == 1

        await wait_until(is_asked, what="the server was asked")
        relay.cancel()  # as a gateway that is killed meanwhile
        with pytest.raises(asyncio.CancelledError):
            await relay
        mailbox.is_silent = False
        await pool.execute("update emails set not_before = now()")  # its lease is over
        async with relaying(pool, make_smtp_settings(mailbox.port)):
            await mailbox.wait_for(1)
            await until_none_is_left(pool)


async def test_without_a_mail_server_the_organizer_reads_what_to_set(pool: Pool) -> None:
    async with relaying(pool, SmtpSettings()):
        await queue(pool)
        await until_none_is_left(pool)
    [failed] = await list_failed(pool, None, 10)
    assert failed.problem == "this platform has no mail server; the operator sets ARENA_SMTP_HOST"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@uni.example",
        "ada@uni.example\r\nBcc: eve@evil.example",
        "ada@uni.example\nRCPT TO:<eve@evil.example>",
        "ada@uni.example, eve@evil.example",
        "ada@uni.example,eve@evil.example",
        "Ada <ada@uni.example>",
        '"ada@uni.example"@evil.example',
        "ada@uni.example(eve@evil.example)",
        "<ada@uni.example>",
        "ada@uni.example\0",
        "ada@[127.0.0.1]",
        "аda@uni.example",  # noqa: RUF001 - the first letter is Cyrillic
        "ada@uni.example\u202e",
        "ada..b@uni.example",
        f"{'a' * 65}@uni.example",
        f"ada@{'a.' * 130}example",
    ],
)
async def test_a_hostile_address_is_refused(pool: Pool, address: str) -> None:
    with pytest.raises(InvalidAddress, match="expected an e-mail address"):
        await queue(pool, to=address)
    assert await pool.fetchval("select count(*) from emails") == 0


async def test_a_hostile_subject_adds_no_header_and_no_recipient(pool: Pool) -> None:
    subject = "Hi\r\nBcc: eve@evil.example\r\n\r\n<script>\0\x1b[2J\u202e" + "x" * 5000
    text = "one\r\n.\r\nMAIL FROM:<eve@evil.example>\r\nRCPT TO:<eve@evil.example>\r\nDATA\r\n\0end"
    async with running_mail_server() as mailbox, relaying(pool, make_smtp_settings(mailbox.port)):
        await queue(pool, subject=subject, text=text)
        message = (await mailbox.wait_for(1))[0]
        await until_none_is_left(pool)
    assert mailbox.recipients == [[ADA]]
    assert message["Bcc"] is None
    assert message["Subject"].startswith("Hi Bcc: eve@evil.example <script>[2Jxxx")
    assert len(message["Subject"]) <= 200
    assert message.get_content().splitlines()[1:4] == [
        ".", "MAIL FROM:<eve@evil.example>", "RCPT TO:<eve@evil.example>",
    ]  # fmt: skip
    assert len(mailbox.messages) == 1


async def test_a_person_who_is_deleted_gets_nothing_that_still_waits(pool: Pool) -> None:
    await queue(pool)
    await queue(pool, to="eva@uni.example")
    async with pool.acquire() as connection, connection.transaction():
        await forget_emails(connection, ADA)
    async with running_mail_server() as mailbox, relaying(pool, make_smtp_settings(mailbox.port)):
        await mailbox.wait_for(1)
        await until_none_is_left(pool)
    assert mailbox.recipients == [["eva@uni.example"]]
