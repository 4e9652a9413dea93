"""The description of the live feeds: AsyncAPI 3, from the WebSocket routes and the messages that they send.

`python -m services.gateway.openapi` writes it to docs/reference, beside the description of the other routes.
"""

import inspect
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from fastapi import APIRouter
from fastapi.routing import APIWebSocketRoute
from pydantic.json_schema import models_json_schema

from arena.api.body import Body, example_of
from arena.api.live import LeaderboardMessage, LogMessage, SubmissionMessage, SubmissionsMessage
from services.gateway.accounts.callers import SESSION_COOKIE, WEBSOCKET_PROTOCOL, find_caller_check

STORED = Path("docs/reference/asyncapi.json")
MESSAGES: dict[str, Any] = {
    "watch_leaderboard": LeaderboardMessage,
    "watch_submission": SubmissionMessage,
    "watch_submissions": SubmissionsMessage,
    "stream_log": LogMessage,
}
"""What each feed sends, by the name of its route: a body, or a union of bodies."""
PARAMETERS = {
    "slug": "The name of the competition in addresses.",
    "submission_id": "The id of the submission.",
}
QUERY = {
    "phase": {"type": "string", "description": "The name of the phase; not needed while exactly one is open."},
    "since": {
        "type": "integer",
        "minimum": 0,
        "description": "The `change` of the last message seen: the feed goes on after it, else with a snapshot.",
    },
    "execution": {"type": "string", "description": "Only the log of this execution: `SHARD_ID:ATTEMPT`."},
}
SECURITY_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token in the header `Authorization`."},
    "subprotocol": {
        "type": "httpApiKey",
        "in": "header",
        "name": "Sec-WebSocket-Protocol",
        "description": f"`{WEBSOCKET_PROTOCOL}, TOKEN`, for browsers, whose WebSockets take no headers.",
    },
    "session": {
        "type": "httpApiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "A signed-in browser, from a page of the platform itself.",
    },
}
DESCRIPTION = """WebSockets that first send a snapshot, then what changes: one JSON object in each text frame.

What a client sends is ignored. With `since`, a client that reconnects goes on where it was. The feed ends with close
code 1000 when nothing more will come; after any other code, connect again. A request that is refused is answered before
the WebSocket opens, with a problem of RFC 9457, as everywhere in the API."""


def build_feeds(routers: Iterable[APIRouter], version: str) -> dict[str, Any]:
    """Return the description of the live feeds among the routes of these routers."""
    routes = [route for router in routers for route in router.routes if isinstance(route, APIWebSocketRoute)]
    bodies = list(dict.fromkeys(body for route in routes for body in list_bodies(route)))
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Arena's live feeds", "version": version, "description": DESCRIPTION},
        "defaultContentType": "application/json",
        "servers": {
            "platform": {
                "host": "{host}",
                "protocol": "wss",
                "description": "`ws` without TLS.",
                "variables": {"host": {"default": "127.0.0.1:8080", "description": "Where the platform is."}},
            }
        },
        "channels": {route.name: _channel(route) for route in routes},
        "operations": {route.name: _operation(route) for route in routes},
        "components": {
            "messages": {body.__name__: _message(body) for body in bodies},
            "schemas": _schemas(bodies),
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def list_bodies(route: APIWebSocketRoute) -> tuple[type[Body], ...]:
    """Return the bodies that a feed sends."""
    messages = MESSAGES[route.name]
    if get_origin(messages) is Annotated:
        messages = get_args(messages)[0]
    return get_args(messages) or (messages,)


def _channel(route: APIWebSocketRoute) -> dict[str, Any]:
    query = {each.name: QUERY[each.name] for each in route.dependant.query_params}
    handshake: dict[str, Any] = {"method": "GET", "bindingVersion": "0.1.0"}
    if query:
        handshake["query"] = {"type": "object", "properties": query}
    return {
        "address": route.path,
        "description": inspect.getdoc(route.endpoint),
        "messages": {each.__name__: {"$ref": f"#/components/messages/{each.__name__}"} for each in list_bodies(route)},
        "parameters": {each.name: {"description": PARAMETERS[each.name]} for each in route.dependant.path_params},
        "bindings": {"ws": handshake},
    }


def _operation(route: APIWebSocketRoute) -> dict[str, Any]:
    channel = f"#/channels/{route.name}"
    messages = [{"$ref": f"{channel}/messages/{each.__name__}"} for each in list_bodies(route)]
    operation = {"action": "send", "channel": {"$ref": channel}, "messages": messages}
    needs = find_caller_check(route.dependant)
    if needs is None:
        return operation | {"description": "Needs no token where everybody may see the phase."}
    schemes = [{"$ref": f"#/components/securitySchemes/{name}"} for name in SECURITY_SCHEMES]
    return operation | {"description": needs.describe(), "security": schemes}


def _message(body: type[Body]) -> dict[str, Any]:
    return {
        "name": body.__name__,
        "summary": inspect.getdoc(body),
        "payload": {"$ref": f"#/components/schemas/{body.__name__}"},
        "examples": [{"payload": example_of(body)}],
    }


def _schemas(bodies: Iterable[type[Body]]) -> dict[str, Any]:
    _, found = models_json_schema(
        [(each, "serialization") for each in bodies], ref_template="#/components/schemas/{model}"
    )
    schemas: dict[str, Any] = _as_draft_7(found["$defs"])
    return dict(sorted(schemas.items()))


def _as_draft_7(schema: Any) -> Any:
    """Return a schema of pydantic's in the dialect of AsyncAPI, where a tuple's items are `items`."""
    if isinstance(schema, list):
        return [_as_draft_7(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {"items" if name == "prefixItems" else name: _as_draft_7(each) for name, each in schema.items()}
