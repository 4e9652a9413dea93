"""The page on webhooks verifies what the gateway signs."""

import re
import time
from typing import Any
from uuid import uuid4

from services.gateway.webhooks.signing import make_secret, sign
from tests.support.stack import ROOT

PAGE = (ROOT / "docs/organizer/notices.md").read_text()


def program() -> dict[str, Any]:
    [block] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(block, names)  # noqa: S102 - our own page
    return names


def test_the_program_of_the_page_takes_what_is_signed_and_nothing_that_was_changed() -> None:
    is_from_arena = program()["is_from_arena"]
    secret, body, now = make_secret(), b'{"type": "announcement"}', int(time.time())
    headers = sign(secret, uuid4(), now, body)
    assert is_from_arena(secret, headers, body)
    assert not is_from_arena(secret, headers, body.replace(b"announcement", b"submission"))
    assert not is_from_arena(make_secret(), headers, body)
    assert not is_from_arena(secret, headers | {"webhook-id": str(uuid4())}, body)
    assert not is_from_arena(secret, sign(secret, uuid4(), now - 3600, body), body), "an old one is not taken again"
