"""Which e-mail addresses are taken: plain ones, in which nothing hides that a mail server could read as a command."""

import re
from email.errors import HeaderParseError
from email.headerregistry import Address

ADDRESS_CHARS = 254
"""The longest that SMTP can carry (RFC 5321)."""
PLAIN = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")


class InvalidAddress(ValueError):
    """A text that is no e-mail address, or one that is not taken here."""


def check_address(text: str) -> str:
    """Return an address as it is. Raises InvalidAddress.

    It is ASCII, without quotes, comments and names: what looks like another address must not reach another person.
    """
    if len(text) > ADDRESS_CHARS or PLAIN.fullmatch(text) is None:
        raise InvalidAddress(f"expected an e-mail address such as ada@example.org, got {text[:80]!r}")
    try:
        Address(addr_spec=text)
    except (HeaderParseError, ValueError) as error:
        raise InvalidAddress(f"expected an e-mail address such as ada@example.org, got {text[:80]!r}") from error
    return text
