"""The description of the live feeds is that of the code, and is an AsyncAPI document."""

import json
import re
from typing import Any

import pytest
from asyncapi3.models import AsyncAPI3

from services.gateway.app import describe_feeds
from tests.support.gateway.access import ROUTES
from tests.support.gateway.feeds import FEEDS, fits, resolve

CHANNELS: dict[str, Any] = FEEDS["channels"]
MESSAGES: dict[str, Any] = FEEDS["components"]["messages"]


def test_the_feeds_in_the_repository_are_those_of_the_code() -> None:
    """If they are not, a feed has changed: `python -m services.gateway.openapi` writes the document."""
    assert describe_feeds() == FEEDS


def test_the_document_is_one_of_asyncapi_3() -> None:
    AsyncAPI3.model_validate(FEEDS)


def test_every_reference_leads_somewhere() -> None:
    references = set(re.findall(r'"\$ref": "([^"]*)"', json.dumps(FEEDS)))
    assert references
    assert all(resolve(each) for each in references)


def test_every_live_feed_of_the_gateway_is_described() -> None:
    sent = {each["channel"]["$ref"] for each in FEEDS["operations"].values()}
    assert {each["address"] for each in CHANNELS.values()} == {path for method, path in ROUTES if method == "WS"}
    assert sent == {f"#/channels/{name}" for name in CHANNELS}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_explained_and_its_example_is_one(name: str) -> None:
    message = MESSAGES[name]
    assert message["summary"]
    assert all(fits(message["payload"], each["payload"]) for each in message["examples"])
    assert not fits(message["payload"], {"type": "snapshot"})
