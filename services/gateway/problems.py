"""Answers every error of every route with RFC 9457 problem details."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import HTTPConnection

from arena.api.problems import PROBLEM_TYPE
from services.gateway.website.rendering import error_page, wants_page
from shared.blobs import BlobStoreUnavailable
from shared.broker.errors import BrokerUnavailable
from shared.database import TRANSIENT_ERRORS

log = structlog.get_logger()
RETRY_AFTER_S = 5
UNAVAILABLE_ERRORS = (*TRANSIENT_ERRORS, BrokerUnavailable, BlobStoreUnavailable)


PROBLEMS = {
    400: "The request cannot be read.",
    401: "A token is missing, unknown or revoked.",
    403: "The token does not allow this.",
    404: "It does not exist, or this caller may not see it.",
    405: "The route has no such method.",
    409: "The current state does not allow this.",
    413: "The request is too large.",
    422: "The request is invalid.",
    429: "Too many requests, or a quota is used up.",
    503: "A part of the platform is unavailable.",
}
"""The error statuses that any route may answer with, and what each means."""


class Problem(HTTPException):
    """An error answer: its status, and a text that says what was expected, what came, and what to do.

    It is an HTTPException because FastAPI passes on no other exception raised while it parses a body.
    """

    def __init__(self, status: int, detail: str, *, retry_after_s: int | None = None, **members: Any) -> None:
        super().__init__(status, detail)
        self.retry_after_s = retry_after_s
        self.members = members

    def response(self) -> JSONResponse:
        """Return the `application/problem+json` answer."""
        headers = dict(self.headers or {})
        if self.retry_after_s is not None:
            headers["Retry-After"] = str(self.retry_after_s)
        if self.status_code == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = "Bearer"
        body = {
            "type": "about:blank",
            "title": HTTPStatus(self.status_code).phrase,
            "status": self.status_code,
            "detail": self.detail,
            **self.members,
        }
        return JSONResponse(body, self.status_code, headers, media_type=PROBLEM_TYPE)


def unavailable(error: BaseException) -> Problem | None:
    """Return the 503 for an error that means a part of the platform is unavailable; None for other errors."""
    if isinstance(error, UNAVAILABLE_ERRORS):
        return Problem(503, "A part of the platform is unavailable; try again soon.", retry_after_s=RETRY_AFTER_S)
    return None


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error of this app with problem details, also on a WebSocket that is not open yet."""
    for kind, handler in (
        (Problem, _on_problem),
        (StarletteHTTPException, _on_http_error),
        (RequestValidationError, _on_invalid),
        (WebSocketRequestValidationError, _on_invalid),
        *((kind, _on_any) for kind in UNAVAILABLE_ERRORS),
        (Exception, _on_any),
    ):
        app.add_exception_handler(kind, handler)


async def _on_problem(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - registered for nothing else
    return answer(connection, error)


async def _on_http_error(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)  # noqa: S101 - registered for nothing else
    problem = Problem(error.status_code, str(error.detail))
    problem.headers = error.headers  # for a 405, the allowed methods
    return answer(connection, problem)


async def _on_invalid(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, (RequestValidationError, WebSocketRequestValidationError))  # noqa: S101 - as above
    faults = [{"where": ".".join(str(part) for part in each["loc"]), "what": each["msg"]} for each in error.errors()]
    sentence = "; ".join(f"{each['where']}: {each['what']}" for each in faults)
    problem = Problem(422, f"The request is not what this route takes: {sentence}", errors=faults)
    return answer(connection, problem)


async def _on_any(connection: HTTPConnection, error: Exception) -> Response:
    problem = unavailable(error)
    path = connection.url.path
    if problem is None:
        log.error("request failed", path=path, exc_info=error)
        problem = Problem(500, "The platform failed; the organizer finds the cause in its log.")
    else:
        log.warning("a part is unavailable", path=path, error=repr(error))
    return answer(connection, problem)


def answer(connection: HTTPConnection, problem: Problem) -> Response:
    """Return an error page if a browser opens a page, else problem details."""
    response = problem.response()
    if wants_page(connection):
        return error_page(problem.status_code, problem.detail, dict(response.headers))
    return response
