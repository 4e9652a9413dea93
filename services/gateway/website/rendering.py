"""Renders templates. The URLs of files contain a hash of the content, so browsers may cache them for ever."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse

from arena.words.scopes import TokenRole
from services.gateway.competitions.tables import CompetitionRow
from services.gateway.website.page_data import PageData

ASSETS = files("services.gateway.website") / "assets"
ASSETS_ADDRESS = "/assets/"


def _contents(folder: Traversable) -> Iterator[bytes]:
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.is_dir():
            yield from _contents(each)
        else:
            yield each.read_bytes()


VERSION = hashlib.sha256(b"".join(_contents(ASSETS))).hexdigest()[:16]
KEEP = "public, max-age=31536000, immutable"
NOT_PAGES = ("/api/", "/healthz", "/readyz", "/metrics", "/openapi.json", ASSETS_ADDRESS)

environment = Environment(
    loader=PackageLoader("services.gateway.website"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.globals["asset"] = lambda name: f"{ASSETS_ADDRESS}{VERSION}/{name}"


@dataclass(frozen=True)
class Viewer:
    """Who views a page; for a team with its name and its competition's slug, and for a person with theirs.

    It is unknown while the database that knows the session cannot be asked.
    """

    role: Literal["anyone", "person", "unknown"] | TokenRole
    team: str | None = None
    slug: str | None = None
    person: str | None = None


UNKNOWN = Viewer("unknown")


def render(
    template: str,
    viewer: Viewer,
    *,
    competition: CompetitionRow | None = None,
    data: PageData | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> HTMLResponse:
    """Return a page. `data` is what the page's script starts from, as JSON.

    A page shows what its viewer may see, so no cache may keep it for another.
    """
    shown = {} if data is None else data.model_dump(mode="json")
    html = environment.get_template(template).render(viewer=viewer, competition=competition, data=shown, **more)
    return HTMLResponse(html, status, {"Cache-Control": "no-store", **(headers or {})})


def wants_page(connection: HTTPConnection) -> bool:
    """Return whether a browser asks for a page, as opposed to a client of the API."""
    return (
        connection.scope["type"] == "http"
        and "text/html" in connection.headers.get("accept", "")
        and not connection.url.path.startswith(NOT_PAGES)
    )


def error_page(status: int, detail: str, headers: Mapping[str, str], viewer: Viewer) -> HTMLResponse:
    """Return a page that says what is wrong. Where waiting helps, it reloads by itself."""
    kept = {name: value for name, value in headers.items() if name.lower() in {"retry-after", "allow"}}
    return render(
        "error.html.j2",
        viewer,
        status=status,
        headers=kept,
        title=HTTPStatus(status).phrase,
        detail=detail,
        retry_after_s=kept.get("retry-after") if status == HTTPStatus.SERVICE_UNAVAILABLE else None,
    )
