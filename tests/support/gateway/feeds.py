"""The description of the live feeds, as a program reads it."""

import json
from typing import Any

import jsonschema_rs

from tests.support.stack import ROOT

FEEDS: dict[str, Any] = json.loads((ROOT / "docs/reference/asyncapi.json").read_text())


def resolve(reference: str) -> Any:
    """Return what a reference within the document points to."""
    found = FEEDS
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def fitting_messages(channel: str, message: Any) -> list[str]:
    """Return the names of the messages of a channel that this one can be."""
    described = {name: resolve(each["$ref"]) for name, each in FEEDS["channels"][channel]["messages"].items()}
    return [name for name, each in described.items() if fits(each["payload"], message)]


def fits(payload: dict[str, Any], message: Any) -> bool:
    """Return whether a message is as the schema of a payload says."""
    validator = jsonschema_rs.Draft7Validator(payload | {"components": FEEDS["components"]})
    return bool(validator.is_valid(message))
