"""Checks every request first: who sends it, how often it may come without a token, and how large it may be.

It is an ASGI layer and not a dependency of the routes, because FastAPI reads a body before it calls dependencies.
"""

import asyncio
import contextlib
import ipaddress
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import structlog
from limits import parse
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from arena.rules.zip_validation import say_too_large
from arena.words.limits import LARGEST_ZIP_BYTES, Limits
from arena.words.problems import ProblemCode
from arena.words.sizes import size_text
from services.gateway.accounts.callers import NOBODY, Caller, identify
from services.gateway.anonymous_rate import AnonymousRate
from services.gateway.competitions.tables import list_phases
from services.gateway.problems import Problem, answer, unavailable
from services.gateway.settings import GatewaySettings
from services.gateway.website.rendering import ASSETS_ADDRESS
from shared.database import Pool

log = structlog.get_logger()
FORM_OVERHEAD_BYTES = 64 * 1024
JSON_LIMIT_BYTES = 64 * 1024**2
ANONYMOUS_BODY_BYTES = 16 * 1024
UPLOADS_AT_ONCE = 8
RETRY_AFTER_S = 2
FORM = "multipart/form-data"
NUL, NUL_ENCODED = "\0", b"%00"
IPV6_PREFIX = 64
"""Prefix lengths: a subscriber has at least a network of this size, so its addresses count as one."""

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",  # browsers follow it over HTTPS only
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

SHARED_HEADERS = {
    **SECURITY_HEADERS,
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""Of what a page of another site may load: the same for everybody, whoever is signed in at the browser."""
EMBEDDED_HEADERS = {
    **{name: value for name, value in SHARED_HEADERS.items() if name != "X-Frame-Options"},
    "Content-Security-Policy": SECURITY_HEADERS["Content-Security-Policy"].replace(
        "frame-ancestors 'none'", "frame-ancestors *"
    ),
}
"""Of a page that another site may show in a frame. On it is nothing to click that changes anything."""


@dataclass(frozen=True)
class BodyLimit:
    """How large a request may be, and, if it is one, the zip in it."""

    size_bytes: int
    zip_bytes: int | None = None

    @property
    def told_bytes(self) -> int:
        """Return the limit that the sender can keep to."""
        return self.zip_bytes or self.size_bytes

    @property
    def sentence(self) -> str:
        """Return what to answer to more."""
        if self.zip_bytes is not None:
            return say_too_large(self.zip_bytes)
        return f"The request is larger than {size_text(self.size_bytes)}."


class RequestGuard:
    """Passes on good requests with `state.caller` set, and answers the others itself."""

    def __init__(self, app: ASGIApp, pool: Pool, settings: GatewaySettings) -> None:
        self._app = app
        self._pool = pool
        self._anonymous = AnonymousRate(parse(settings.anonymous_rate))
        self._sending: Counter[UUID] = Counter()
        self._largest_zips: dict[UUID, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request or WebSocket."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return

        scope.setdefault("state", {})

        async def send_with_headers(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                wanted = scope["state"].get("security_headers", SECURITY_HEADERS)
                headers = [(name.lower().encode(), value.encode()) for name, value in wanted.items()]
                message = {**message, "headers": [*message.get("headers", []), *headers]}
            await send(message)

        try:
            caller = await self._find_caller(HTTPConnection(scope))
            scope["state"]["caller"] = caller
            with self._limit_uploads(caller, scope):
                await self._app(scope, self._limit_body(receive, caller, scope), send_with_headers)
        except Problem as problem:
            await answer(HTTPConnection(scope), problem)(scope, receive, send_with_headers)

    async def _find_caller(self, connection: HTTPConnection) -> Caller:
        if NUL in connection.url.path or NUL_ENCODED in connection.scope["query_string"]:
            raise Problem(ProblemCode.UNREADABLE_REQUEST, "Expected an address without a NUL character.")
        if connection.url.path.startswith(ASSETS_ADDRESS):
            return NOBODY  # the same for everybody, and a page loads several at once
        try:
            with _unavailable_as_problem(connection.url.path):
                caller = await identify(connection, self._pool)
        except Problem as problem:
            if problem.code != ProblemCode.UNAVAILABLE:
                self._count_anonymous(connection)
            raise
        if is_anybody(caller):
            self._count_anonymous(connection)
        return caller

    def _count_anonymous(self, connection: HTTPConnection) -> None:
        """Count a request without a valid token. Raises Problem 429 when too many have come from its network."""
        network = network_of(connection.client.host if connection.client else "")
        retry_after_s = self._anonymous.hit(network, asyncio.get_running_loop().time())
        if retry_after_s is not None:
            raise Problem(
                ProblemCode.RATE_LIMITED,
                f"Without a token, at most {self._anonymous.rate} are answered; send a token, or wait.",
                retry_after_s=retry_after_s,
            )

    @contextlib.contextmanager
    def _limit_uploads(self, caller: Caller, scope: Scope) -> Iterator[None]:
        """Limit how many uploads a team has at once: each takes disk and memory until it is refused or stored."""
        if caller.team_id is None or scope.get("method") != "POST":
            yield
            return
        if self._sending[caller.team_id] >= UPLOADS_AT_ONCE:
            raise Problem(
                ProblemCode.TOO_MANY_UPLOADS,
                f"A team may have {UPLOADS_AT_ONCE} requests of this kind at once.",
                retry_after_s=RETRY_AFTER_S,
            )
        self._sending[caller.team_id] += 1
        try:
            yield
        finally:
            self._sending[caller.team_id] -= 1
            self._sending += Counter()  # forget a team that has no upload under way

    def _limit_body(self, receive: Receive, caller: Caller, scope: Scope) -> Receive:
        received, limit = 0, BodyLimit(ANONYMOUS_BODY_BYTES)
        is_found = is_anybody(caller)

        async def counted() -> Message:
            nonlocal received, limit, is_found
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit.size_bytes and not is_found:  # what is small needs no look at the phases
                known = self._known_limit(caller, scope)
                is_found = known is None or received > known.size_bytes
                limit = await self._find_body_limit(caller, scope) if known is None or is_found else known
            if received > limit.size_bytes:
                raise Problem(ProblemCode.REQUEST_TOO_LARGE, limit.sentence, limit_bytes=limit.told_bytes)
            return message

        return counted

    def _known_limit(self, caller: Caller, scope: Scope) -> BodyLimit | None:
        """Return the limit of an earlier upload. It may be too high by now, but a zip's own is checked later."""
        largest = self._largest_zips.get(caller.competition_id) if caller.competition_id else None
        return None if largest is None or not _is_form(scope) else BodyLimit(largest + FORM_OVERHEAD_BYTES, largest)

    async def _find_body_limit(self, caller: Caller, scope: Scope) -> BodyLimit:
        """Return the limit of a caller with a token: for a form, the largest zip that it could bring.

        The zip's phase is known only once the form has been read, and its own limit is checked then.
        """
        if not _is_form(scope):
            return BodyLimit(JSON_LIMIT_BYTES)
        largest = LARGEST_ZIP_BYTES
        if caller.competition_id is not None:
            with _unavailable_as_problem(scope["path"]):
                phases = await list_phases(self._pool, caller.competition_id)
            each = [Limits.model_validate(phase.limits).zip_limit_bytes for phase in phases]
            largest = max(each, default=Limits().zip_limit_bytes)
            self._largest_zips[caller.competition_id] = largest
        return BodyLimit(largest + FORM_OVERHEAD_BYTES, largest)


def is_anybody(caller: Caller) -> bool:
    """Tell whether a caller is one whom no organizer has let in yet: anybody can sign up."""
    return caller.role in {"anyone", "person"}


def _is_form(scope: Scope) -> bool:
    return Headers(scope=scope).get("content-type", "").startswith(FORM)


@contextlib.contextmanager
def _unavailable_as_problem(path: str) -> Iterator[None]:
    """Turn the failure of a part that does not answer into the Problem that says so."""
    try:
        yield
    except Problem:
        raise
    except Exception as error:
        problem = unavailable(error)
        if problem is None:
            raise
        log.warning("a part is unavailable", path=path, error=repr(error))
        raise problem from error


def network_of(host: str) -> str:
    """Return the network that all addresses of one subscriber share."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))
    return str(address)
