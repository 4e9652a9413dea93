"""Links that sign in whoever can read the e-mail: single-use, short-lived, and sent to whatever address is given.

What is answered never depends on whether the address is known.
"""

import secrets

from services.gateway.accounts.callers import TOKEN_BYTES, hash_token
from services.gateway.notices.emails import queue_email
from services.gateway.people import tables
from services.gateway.people.tables import LinkRow
from shared.database import Connection

LINK_LIFETIME_S = 3600
LINKS_PER_HOUR = 5
"""To one address. Whoever asks for more gets the usual answer and no e-mail: nobody floods another's mailbox."""
TEXT = """Somebody, probably you, asked Arena to {what} with this address. Open this link within an hour:

{url}

It works once. If it was not you, do nothing: without the link nothing happens.
"""


async def send_link(connection: Connection, public_url: str, link: LinkRow, competition: str | None = None) -> None:
    """Queue an e-mail with a new link, unless its address has got enough of them."""
    if await tables.count_links(connection, link.email) >= LINKS_PER_HOUR:
        return
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    await tables.add_link(connection, hash_token(secret), link, LINK_LIFETIME_S)
    what = "sign you in" if competition is None else f"register you for {competition}"
    await queue_email(
        connection,
        to=link.email,
        subject=f"Arena: {'sign in' if competition is None else 'confirm your registration'}",
        text=TEXT.format(what=what, url=f"{public_url}/confirm?link={secret}"),
    )
