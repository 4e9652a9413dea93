"""The page on the API shows clients that are tested, and states what is so."""

from pathlib import Path

import pytest

from arena.words.limits import Limits
from services.gateway.live.websocket import NORMAL, TRY_AGAIN_LATER
from services.gateway.paging import PAGE_SIZE, PAGE_SIZE_LIMIT
from services.gateway.request_guard import ANONYMOUS_BODY_BYTES, JSON_LIMIT_BYTES, UPLOADS_AT_ONCE
from services.gateway.settings import GatewaySettings
from services.gateway.submissions.live_list import SHOWN_LIMIT
from services.gateway.submissions.routes import KEY_LENGTH
from tests.support.gateway.feeds import FEEDS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/reference/api.md").read_text()
MEBI = 1024**2


@pytest.mark.parametrize("example", sorted((ROOT / "examples/api").iterdir()), ids=lambda example: str(example.name))
def test_the_page_shows_the_clients_that_are_tested(example: Path) -> None:
    assert f"\n{example.read_text()}```\n" in PAGE


def test_the_page_has_every_feed_and_message() -> None:
    addresses = {each["address"].replace("submission_id", "id") for each in FEEDS["channels"].values()}
    assert {address for address in addresses if address not in PAGE} == set()
    assert {name for name in FEEDS["components"]["messages"] if f"`{name}`" not in PAGE} == set()


def test_the_page_has_the_limits_of_the_gateway() -> None:
    settings = GatewaySettings.model_fields
    assert settings["anonymous_rate"].default == "300/minute"
    assert f"| {Limits().zip_limit_bytes // MEBI} MiB, or the phase's own limit (`zip_limit_bytes`) |" in PAGE
    assert f"| {JSON_LIMIT_BYTES // MEBI} MiB" in PAGE
    assert f"| {ANONYMOUS_BODY_BYTES // 1024} KiB |" in PAGE
    assert f"| {UPLOADS_AT_ONCE} |" in PAGE
    assert f"({PAGE_SIZE} unless you say so, {PAGE_SIZE_LIMIT} at most)" in PAGE
    assert f"at most {KEY_LENGTH} characters" in PAGE
    assert f"the newest {SHOWN_LIMIT};" in PAGE
    assert all(f"\n| {code} |" in PAGE for code in (NORMAL, TRY_AGAIN_LATER))
