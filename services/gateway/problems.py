"""Answers every error of every route with RFC 9457 problem details."""

import errno
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import HTTPConnection

from arena.api.problems import PROBLEM_TYPE, InvalidField
from arena.words.expected import expected_text
from arena.words.problems import ProblemCode
from services.gateway.website.rendering import UNKNOWN, Viewer, error_page, wants_page
from shared.blobs import BlobStoreUnavailable
from shared.broker.errors import BrokerUnavailable
from shared.database import TRANSIENT_ERRORS

log = structlog.get_logger()
RETRY_AFTER_S = 5
UNAVAILABLE_PARTS: dict[str, tuple[type[Exception], ...]] = {
    "blob store": (BlobStoreUnavailable,),
    "message broker": (BrokerUnavailable,),
    "database": (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError),
}
UNAVAILABLE_ERRORS = (*TRANSIENT_ERRORS, BrokerUnavailable, BlobStoreUnavailable)


STARLETTE_CODES = {
    404: ProblemCode.NO_SUCH_ADDRESS,
    405: ProblemCode.METHOD_NOT_ALLOWED,
    413: ProblemCode.REQUEST_TOO_LARGE,
}
"""The codes of the errors that Starlette raises itself, by their status; the others are about unreadable requests."""


class Problem(HTTPException):
    """An error answer: its code, and a text that says what was expected, what came, and what to do.

    It is an HTTPException because FastAPI passes on no other exception raised while it parses a body.
    """

    def __init__(self, code: ProblemCode, detail: str, *, retry_after_s: int | None = None, **members: Any) -> None:
        super().__init__(code.status, detail)
        self.code = code
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
            "code": self.code,
            "detail": self.detail,
            **self.members,
        }
        return JSONResponse(body, self.status_code, headers, media_type=PROBLEM_TYPE)


def invalid_request(*faults: InvalidField) -> Problem:
    """Return the 422 that lists invalid parts of a request."""
    sentence = "; ".join(f"{each.where}: {each.what}" for each in faults)
    return Problem(
        ProblemCode.INVALID_REQUEST,
        f"The request is not what this route takes: {sentence}",
        errors=[each.model_dump() for each in faults],
    )


def invalid_fields(errors: Iterable[Mapping[str, Any]], *within: str) -> list[InvalidField]:
    """Return pydantic's errors of the part of a request that `within` names."""
    return [
        InvalidField(where=".".join(map(str, (*within, *each["loc"]))), what=expected_text(each)) for each in errors
    ]


def unavailable(error: BaseException) -> Problem | None:
    """Return the 503 for an error that means a part of the platform is unavailable; None for other errors.

    It says which part that is, where the error tells; what went wrong there is in the log and at `/readyz`.
    """
    if not isinstance(error, UNAVAILABLE_ERRORS):
        return None
    detail = ProblemCode.UNAVAILABLE.meaning
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        detail = "The platform has no room for the upload; try again soon."
    for part, errors in UNAVAILABLE_PARTS.items():
        if isinstance(error, errors):
            detail = f"The platform's {part} is unavailable; try again soon."
    return Problem(ProblemCode.UNAVAILABLE, detail, retry_after_s=RETRY_AFTER_S)


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
    problem = Problem(STARLETTE_CODES.get(error.status_code, ProblemCode.UNREADABLE_REQUEST), str(error.detail))
    problem.headers = error.headers  # for a 405, the allowed methods
    return answer(connection, problem)


async def _on_invalid(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, (RequestValidationError, WebSocketRequestValidationError))  # noqa: S101 - as above
    return answer(connection, invalid_request(*invalid_fields(error.errors())))


async def _on_any(connection: HTTPConnection, error: Exception) -> Response:
    problem = unavailable(error)
    path = connection.url.path
    if problem is None:
        log.error("request failed", path=path, exc_info=error)
        problem = Problem(ProblemCode.PLATFORM_FAILED, ProblemCode.PLATFORM_FAILED.meaning)
    else:
        log.warning("a part is unavailable", path=path, error=repr(error))
    return answer(connection, problem)


def answer(connection: HTTPConnection, problem: Problem) -> Response:
    """Return an error page if a browser opens a page, else problem details."""
    response = problem.response()
    if wants_page(connection):
        return error_page(problem.status_code, problem.detail, dict(response.headers), _viewer(connection))
    return response


def _viewer(connection: HTTPConnection) -> Viewer:
    """Return who opens a page, if the request guard came as far as to find out."""
    caller = getattr(connection.state, "caller", None)
    return UNKNOWN if caller is None else Viewer(caller.role, caller.team, caller.slug, caller.person)
