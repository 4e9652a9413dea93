"""A public board on other sites' pages: in a frame, as JSON, as a badge. Nothing else may be framed or read there."""

from collections.abc import AsyncIterator
from xml.etree import ElementTree

import httpx
import pytest

from services.gateway.accounts.callers import SESSION_COOKIE
from services.gateway.settings import GatewaySettings
from shared.database import Pool
from tests.support.gateway.boards import seed_scored, state_boards
from tests.support.gateway.stopped_gateway import stopped_gateway
from tests.support.seeding import Seeded, seed_phase

PAGE = "/c/test/boards/early"
BADGE = f"{PAGE}/badge.svg"
EARLY = {"name": "early", "title": '<b>After one</b> & "more"', "phase": "feedback", "after_iterations": 1}
SECRET = {"name": "secret", "title": "Secret", "phase": "feedback", "visibility": "organizer"}
HELD_OUT = {"name": "held-out", "title": "Held out", "phase": "feedback", "objective": "generalization"}
MARKUP = '"><script>alert(1)</script>&<img src=x>'
LOSSES = {"box-00": [[0.2] * 3] * 2, "box-01": [[0.4] * 3] * 2}


@pytest.fixture
async def seeded(pool: Pool) -> Seeded:
    """A phase with a team whose name is markup."""
    seeded = await seed_phase(pool)
    await seed_scored(pool, seeded, MARKUP, LOSSES)
    await state_boards(pool, seeded, EARLY, SECRET, HELD_OUT)
    return seeded


@pytest.fixture
async def site(gateway_settings: GatewaySettings) -> AsyncIterator[httpx.AsyncClient]:
    """The platform as a browser sees it."""
    async with stopped_gateway(gateway_settings) as gateway:
        gateway.http.headers["Accept"] = "text/html"
        yield gateway.http


@pytest.mark.usefixtures("seeded")
async def test_the_embedded_page_alone_may_be_framed(site: httpx.AsyncClient) -> None:
    addresses = (
        "/",
        "/c/test",
        PAGE,
        "/sign-in",
        "/api/v1/competitions/test/boards/early",
        f"{PAGE}/embed.json",
        BADGE,
    )
    others = [await site.get(address) for address in (*addresses, "/c/test/boards/nothing/embed", f"{PAGE}/embed/")]

    embedded = await site.get(f"{PAGE}/embed")

    assert embedded.status_code == 200
    assert "frame-ancestors *" in embedded.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'" in embedded.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in embedded.headers
    assert [answer.headers["X-Frame-Options"] for answer in others] == ["DENY"] * len(others)
    assert [
        answer for answer in others if "frame-ancestors 'none'" not in answer.headers["Content-Security-Policy"]
    ] == []


@pytest.mark.usefixtures("seeded")
async def test_what_other_sites_may_read_is_public_and_sets_no_cookie(site: httpx.AsyncClient) -> None:
    shared = [await site.get(f"{PAGE}/embed.json"), await site.get(BADGE, params={"team": MARKUP})]
    own = [await site.get(PAGE), await site.get("/api/v1/competitions/test/boards/early")]

    assert [answer.headers.get("Access-Control-Allow-Origin") for answer in shared] == ["*", "*"]
    assert [answer.headers["Cross-Origin-Resource-Policy"] for answer in shared] == ["cross-origin"] * 2
    assert ["Access-Control-Allow-Credentials" in answer.headers for answer in shared] == [False, False]
    assert [answer.headers.get("Access-Control-Allow-Origin") for answer in own] == [None, None]
    assert ["Set-Cookie" in answer.headers for answer in (*shared, await site.get(f"{PAGE}/embed"))] == [False] * 3


@pytest.mark.parametrize("board", ["secret", "held-out"])
async def test_a_board_of_the_organizers_is_not_shared_even_with_an_organizer_s_browser(
    site: httpx.AsyncClient, pool: Pool, seeded: Seeded, board: str
) -> None:
    assert seeded.phase_id
    session = await sign_in(site, pool)

    site.cookies = httpx.Cookies(session)
    names = ("embed", "embed.json", "badge.svg?team=a")
    answers = {name: await site.get(f"/c/test/boards/{board}/{name}") for name in names}
    page = await site.get(f"/c/test/boards/{board}")

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 404)
    assert page.status_code == 200
    assert "Show this board elsewhere" not in page.text


async def sign_in(site: httpx.AsyncClient, pool: Pool) -> dict[str, str]:
    """Return the cookie of an organizer's session."""
    await pool.execute(
        """
        insert into tokens (hash, role, name, scopes) values (sha256('organizer'::bytea), 'organizer', 'o', '{read}')
        """
    )
    answer = await site.post(
        "/sign-in", data={"token": "organizer"}, headers={"Origin": "http://gateway", "Sec-Fetch-Site": "same-origin"}
    )
    return {SESSION_COOKIE: answer.cookies[SESSION_COOKIE]}


@pytest.mark.usefixtures("seeded")
async def test_names_that_are_markup_are_text_on_every_form_of_a_board(site: httpx.AsyncClient) -> None:
    pages = [(await site.get(address)).text for address in (PAGE, f"{PAGE}/embed")]
    badge = await site.get(BADGE, params={"team": MARKUP})

    assert [text for text in pages if "<script>alert" in text or "<b>After one" in text or "<img src=x" in text] == []
    assert badge.headers["Content-Type"] == "image/svg+xml"
    assert "script-src 'self'" in badge.headers["Content-Security-Policy"]
    drawn = ElementTree.fromstring(badge.text)  # noqa: S314 - our own
    assert {element.tag.rpartition("}")[2] for element in drawn.iter()} == {"svg", "title", "rect", "text"}
    texts = [element.text for element in drawn.iter() if element.text]
    assert texts[-1] == f"{MARKUP} #1 · 70.0"
    assert '<b>After one</b> & "more"' in texts


async def test_a_huge_name_is_cut_on_a_badge(site: httpx.AsyncClient, pool: Pool, seeded: Seeded) -> None:
    huge = "W" * 80
    await seed_scored(pool, seeded, huge, LOSSES)

    badge = await site.get(BADGE, params={"team": huge})

    drawn = ElementTree.fromstring(badge.text)  # noqa: S314 - our own
    assert int(drawn.attrib["width"]) < 700
    assert [element.text for element in drawn.iter() if element.text][-1] == f"{'W' * 39}… #2 · 70.0"


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize(
    ("team", "status"), [("nobody", 404), (MARKUP.upper(), 404), ("W" * 81, 422), ("%00", 400), ("", 404)]
)
async def test_a_badge_of_no_team_of_the_board_is_refused(site: httpx.AsyncClient, team: str, status: int) -> None:
    query = "team=%00" if team == "%00" else httpx.QueryParams(team=team)

    answer = await site.get(f"{BADGE}?{query}", headers={"Accept": "*/*"})

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.usefixtures("seeded")
async def test_a_badge_may_be_kept_for_a_minute_and_is_asked_for_by_its_tag(site: httpx.AsyncClient) -> None:
    first = await site.get(BADGE, params={"team": MARKUP})

    again = await site.get(BADGE, params={"team": MARKUP}, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert (again.status_code, again.content) == (304, b"")
