"""The API's description is complete, and is the one in the repository."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from arena.words.problems import ProblemCode
from services.gateway.app import create_api
from services.gateway.openapi import NOTES, STORED, hash_document

ROOT = Path(__file__).parents[3]
DOCUMENT = create_api({}).openapi()
NOT_OBJECTS = {"metrics", "export_phase", "get_blob", "get_archived_blob"}
"""Text, a stream of lines, and a file."""


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def resolve(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The objects that a schema allows."""
    if "$ref" in schema:
        yield from resolve(DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    elif "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from resolve(each)
    else:
        yield schema


@pytest.mark.parametrize(
    ("name", "operation"), list(operations()), ids=lambda each: each if isinstance(each, str) else ""
)
def test_an_operation_describes_its_success_its_problems_and_who_may_use_it(
    name: str, operation: dict[str, Any]
) -> None:
    successes = [each for status, each in operation["responses"].items() if status.startswith("2")]
    assert len(successes) == 1
    if operation["operationId"] not in NOT_OBJECTS:
        assert all(each["properties"] for each in resolve(successes[0]["content"]["application/json"]["schema"])), name
    assert {"401", "404", "422", "503"} <= operation["responses"].keys()
    assert operation["description"]
    assert operation["security"]


def test_operations_have_short_names_and_tags_that_are_described() -> None:
    names = [operation["operationId"] for _, operation in operations()]
    tags = {tag for _, operation in operations() for tag in operation["tags"]}
    assert len(names) == len(set(names))
    assert not [name for name in names if len(name) > 30 or "__" in name]
    assert tags == {each["name"] for each in DOCUMENT["tags"]}
    assert all(each["description"] for each in DOCUMENT["tags"])


def test_bodies_have_short_names() -> None:
    names = DOCUMENT["components"]["schemas"]
    assert [name for name in names if len(name) > 30 or not name.isalnum()] == []


def test_the_description_says_where_the_platform_is_and_how_to_send_a_token() -> None:
    schemes = DOCUMENT["components"]["securitySchemes"]
    used = {name for _, operation in operations() for each in operation["security"] for name in each}
    assert DOCUMENT["servers"][0]["url"] == "/"
    assert used == schemes.keys()
    assert (schemes["token"]["type"], schemes["token"]["scheme"]) == ("http", "bearer")


def test_problems_are_described_once() -> None:
    assert json.dumps(DOCUMENT).count("RFC 9457 problem details") == 1


def test_every_code_of_a_problem_is_described_with_its_status() -> None:
    described = DOCUMENT["components"]["responses"]
    assert set(DOCUMENT["components"]["schemas"]["ProblemCode"]["enum"]) == set(ProblemCode)
    assert [
        code
        for code in ProblemCode
        if f"`{code}`: {code.meaning}"
        not in described[HTTPStatus(code.status).phrase.title().replace(" ", "")]["description"]
    ] == []


def test_live_messages_are_described() -> None:
    assert {"LeaderboardSnapshot", "SubmissionMessage", "SubmissionsMessage", "LogText"} <= DOCUMENT["components"][
        "schemas"
    ].keys()


def test_the_document_in_the_repository_is_that_of_the_code() -> None:
    """If it is not, the API has changed: `python -m services.gateway.openapi --note 'what has changed'` writes it."""
    stored = json.loads((ROOT / STORED).read_text())
    notes = stored["info"].pop(NOTES)
    assert stored == DOCUMENT
    assert notes[-1]["sha256"] == hash_document(DOCUMENT)
