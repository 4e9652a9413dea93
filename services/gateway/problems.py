"""Errors as RFC 9457 problem details, for every route and whatever goes wrong."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.blobs import BlobStoreAway
from shared.broker import BrokerAway
from shared.database import is_transient

log = structlog.get_logger()
RETRY_AFTER_S = 5


class Problem(HTTPException):
    """An answer other than success: the status, and for the client what was expected, what came, what to do.

    An HTTPException, because FastAPI lets no other error out of the parsing of a body.
    """

    def __init__(self, status: int, detail: str, *, retry_after_s: int | None = None, **members: Any) -> None:
        super().__init__(status, detail)
        self.retry_after_s = retry_after_s
        self.members = members

    def response(self) -> JSONResponse:
        """Return the `application/problem+json` answer."""
        headers = {}
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
        return JSONResponse(body, self.status_code, headers, media_type="application/problem+json")


def away(error: BaseException) -> Problem | None:
    """Return the 503 of an error that means a part is away, or None."""
    if isinstance(error, (BrokerAway, BlobStoreAway)) or is_transient(error):
        return Problem(503, "A part of the platform is away; try again soon.", retry_after_s=RETRY_AFTER_S)
    return None


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error of this app with problem details."""

    async def on_problem(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)  # noqa: S101 - registered for nothing else
        return error.response()

    async def on_http_error(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
        return Problem(error.status_code, str(error.detail)).response()

    async def on_invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
        faults = [
            {"where": ".".join(str(part) for part in each["loc"]), "what": each["msg"]} for each in error.errors()
        ]
        sentence = "; ".join(f"{each['where']}: {each['what']}" for each in faults)
        return Problem(422, f"The request is not what this route takes: {sentence}", errors=faults).response()

    async def on_any(request: Request, error: Exception) -> JSONResponse:
        problem = away(error)
        if problem is None:
            log.error("request failed", method=request.method, path=request.url.path, exc_info=error)
            problem = Problem(500, "The platform failed; the organizer finds the cause in its log.")
        else:
            log.warning("a part is away", method=request.method, path=request.url.path, error=repr(error))
        return problem.response()

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(Exception, on_any)
