"""The API's description: `python -m services.gateway.openapi` writes it to docs/reference, with that of the live feeds.

FastAPI generates most of it from the routes and their bodies. This module adds what all routes have in common: how to
authenticate, and which problems they answer with.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from arena.api.export import ExportHeader, ExportStudy
from arena.api.live import LiveMessage
from arena.api.planning import NewOrganizerRun
from arena.api.problems import PROBLEM_TYPE, InvalidField, ProblemBody
from arena.words.problems import ProblemCode
from services.gateway import asyncapi
from services.gateway.accounts.callers import SESSION_COOKIE, CallerCheck, SignInCheck, find_caller_check

API_VERSION = "1"
STORED = Path("docs/reference/openapi.json")
NOTES = "x-versions"
COMMAND = "python -m services.gateway.openapi --note 'what has changed'"
PROBLEM_STATUSES = sorted({code.status for code in ProblemCode})
"""The error statuses that any route may answer with."""
FILE = '"contentMediaType": "application/octet-stream"'
REFERENCE = "#/components/schemas/{model}"
DESCRIPTION = """Arena runs black-box-optimization competitions.

Send a token as `Authorization: Bearer TOKEN`. Lists come in pages: to get the next one, pass the `next` of a page as
`cursor=`. Every error is a problem of RFC 9457 with a `code`. The live feeds are WebSockets, which OpenAPI cannot
describe: they are in the AsyncAPI document beside this one, `/asyncapi.json`."""

TAGS = {
    "submissions": "Submit an optimizer, follow its progress, and see what its score came from.",
    "leaderboard": "The ranking of a phase's teams.",
    "competitions": "Competitions, their phases, and the packages of the images.",
    "accounts": "Teams and tokens, for organizers.",
    "people": "Signing up, and what people do with their own account.",
    "organizer": "Create and change competitions, look into submissions, run the platform.",
    "baselines": "Baseline sets, to which scores refer.",
    "organizer runs": "The organizer's own studies: for estimates, baselines and replays.",
    "planning": "What black boxes cost, and the progress of baseline builds.",
    "executions": "Every attempt at a shard, with its log, and replays.",
    "rescoring": "Run a phase's submissions again under a changed definition, compare, and apply it.",
    "final": "The final phase: the best teams' submissions on other black boxes.",
    "export": "A phase's studies, as a stream.",
    "announcements": "What organizers tell everybody.",
    "webhooks": "Programs of organizers and teams that are told of what happens.",
    "runners": "Zips and data sets, for runners.",
    "operation": "Whether a service runs and can work.",
}


def build_document(app: FastAPI, routers: Iterable[APIRouter]) -> dict[str, Any]:
    """Return the description of an application with these routers."""
    document = _describe_forms(
        get_openapi(
            title="Arena",
            version=API_VERSION,
            description=DESCRIPTION,
            routes=app.routes,
            servers=[{"url": "/", "description": "Where this description comes from."}],
        )
    )
    routes = (route for router in routers for route in router.routes if isinstance(route, APIRoute))
    needs = {route.name: find_caller_check(route.dependant) for route in routes}
    used: set[str] = set()
    for operation in _operations(document):
        used |= set(operation.get("tags", []))
        _describe_security(operation, needs.get(operation["operationId"]))
        _describe_problems(operation)
    document["tags"] = [{"name": name, "description": what} for name, what in TAGS.items() if name in used]
    components = document.setdefault("components", {})
    components["schemas"] = _schemas(components.get("schemas", {}))
    components["responses"] = {_problem_name(status): _problem(status) for status in PROBLEM_STATUSES}
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A team's, an organizer's or a runner's token."},
        "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE, "description": "A signed-in browser."},
    }
    return document


def _describe_forms(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with the forms of uploads named as the other bodies: `Body_submit` is `SubmitForm`.

    Their files are also marked in the way of OpenAPI 3.0, because generators of clients know no other.
    """
    text = re.sub(r"Body_(\w+)", lambda found: f"{found[1].title().replace('_', '')}Form", json.dumps(document))
    described: dict[str, Any] = json.loads(text.replace(FILE, f'{FILE}, "format": "binary"'))
    return described


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in document["paths"].values():
        yield from operations.values()


def _describe_security(operation: dict[str, Any], needs: CallerCheck | None) -> None:
    with_token: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]
    if isinstance(needs, SignInCheck):
        with_token = [{"session": []}]
    operation["security"] = with_token if needs else [{}, *with_token]
    if needs:
        operation["description"] = f"{operation.get('description', '')}\n\n{needs.describe()}"


def _describe_problems(operation: dict[str, Any]) -> None:
    responses = {status: each for status, each in operation["responses"].items() if status != "422"}
    problems = {str(status): {"$ref": f"#/components/responses/{_problem_name(status)}"} for status in PROBLEM_STATUSES}
    operation["responses"] = dict(sorted((problems | responses).items()))


def _problem_name(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "")


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemBody"}
    meanings = [f"`{code}`: {code.meaning}" for code in ProblemCode if code.status == status]
    return {"description": "\n\n".join(meanings), "content": {PROBLEM_TYPE: {"schema": schema}}}


def _schemas(of_routes: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas of routes, problems, lines of streams and live messages, without FastAPI's own of errors."""
    models: list[type[BaseModel]] = [ProblemBody, InvalidField, NewOrganizerRun, ExportHeader, ExportStudy]
    models += LiveMessage.__subclasses__()
    _, added = models_json_schema([(each, "serialization") for each in models], ref_template=REFERENCE)
    kept = {name: each for name, each in of_routes.items() if name not in {"HTTPValidationError", "ValidationError"}}
    return dict(sorted((added["$defs"] | kept).items()))


def hash_document(document: dict[str, Any]) -> str:
    """Return a hash that tells whether the document has changed."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def read_notes(root: Path) -> list[dict[str, str]]:
    """Return the version notes of the stored document, the newest last: number, hash of the document, what changed."""
    stored = root / STORED
    notes: list[dict[str, str]] = json.loads(stored.read_text())["info"][NOTES] if stored.exists() else []
    return notes


def write_document(root: Path, document: dict[str, Any], note: str) -> None:
    """Write the document below `root`. Raises ValueError if it has changed and `note` is empty.

    A note given again means more work on the same change: its new version replaces the one before.
    """
    notes, changed_to = read_notes(root), hash_document(document)
    if not notes or notes[-1]["sha256"] != changed_to:
        if not note:
            raise ValueError(f"Expected a note on what changed in the API, got none; run: {COMMAND}")
        notes = [each for each in notes if each["note"] != note]
        notes.append({"version": f"{API_VERSION}.{len(notes)}", "sha256": changed_to, "note": note})
    noted = document | {"info": document["info"] | {NOTES: notes}}
    (root / STORED).write_text(json.dumps(noted, indent=2) + "\n")


def main() -> None:
    """Write both documents into the source tree that is given, else into this folder."""
    from services.gateway.app import create_api, describe_feeds  # noqa: PLC0415 - which imports this module

    arguments = argparse.ArgumentParser(prog="python -m services.gateway.openapi", description=main.__doc__)
    arguments.add_argument("root", nargs="?", type=Path, default=Path(), help="The source tree.")
    arguments.add_argument("--note", default="", help="What has changed, for those who call the API.")
    given = arguments.parse_args()
    try:
        write_document(given.root, create_api({}).openapi(), given.note)
    except ValueError as error:
        sys.exit(f"openapi: {error}")
    (given.root / asyncapi.STORED).write_text(json.dumps(describe_feeds(), indent=2) + "\n")


if __name__ == "__main__":
    main()
