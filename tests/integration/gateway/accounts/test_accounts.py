"""Teams and tokens: shown once, stored as hashes, revocable, limited to their scopes."""

import httpx
import pytest

from services.gateway.accounts.callers import hash_token
from shared.database import Pool
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit

TOKENS = "/api/v1/admin/tokens"
TEAM = "/api/v1/admin/competitions/c/teams"


def assert_status(answer: httpx.Response, status: int, fragment: str = "") -> None:
    assert answer.status_code == status, answer.text
    assert fragment in answer.text


async def test_a_team_gets_its_token_once_and_a_new_one_revokes_it(gateway: Gateway) -> None:
    await gateway.apply(competition())
    old = await gateway.team("a b")
    assert_status(await gateway.organizer.post(TEAM, json={"name": "a b"}), 409, "already")

    token = (await gateway.organizer.post(f"{TEAM}/a b/token")).raise_for_status().json()["token"]

    assert_status(await submit(old), 401)
    assert_status(await submit(gateway.client(token)), 202)
    assert_status(await gateway.organizer.post(f"{TEAM}/nobody/token"), 404)


async def test_tokens_are_random_and_only_their_hashes_are_kept(gateway: Gateway, pool: Pool) -> None:
    tokens = [(await gateway.organizer.post(TOKENS, json={})).json()["token"] for _ in range(3)]

    assert len(set(tokens)) == 3
    assert all(token.startswith("arena_") and len(token) >= 6 + 43 for token in tokens)
    stored = await pool.fetch("select * from tokens")
    assert {row["hash"] for row in stored} >= {hash_token(token) for token in tokens}
    listed = (await gateway.organizer.get(TOKENS)).text
    assert not any(token in listed or token in str(stored) for token in tokens)


async def test_a_revoked_token_is_refused_from_then_on(gateway: Gateway) -> None:
    made = (await gateway.organizer.post(TOKENS, json={"name": "of Ada"})).json()
    client = gateway.client(made["token"])
    assert_status(await client.get(TOKENS), 200, "of Ada")

    first, again = [await gateway.organizer.delete(f"{TOKENS}/{made['id']}") for _ in range(2)]

    assert first.json() == again.json()
    assert_status(await client.get(TOKENS), 401, "revoked")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (TOKENS, {"scopes": ["submit"]}),
        (TOKENS, {"scopes": []}),
        (TOKENS, {"scopes": ["root"]}),
        (TOKENS, {"name": "\x1b[2J"}),
        (TOKENS, {"role": "organizer"}),
        (f"{TEAM}/a/tokens", {"scopes": ["manage"]}),
    ],
)
async def test_a_token_that_should_not_be_is_422(gateway: Gateway, path: str, body: dict[str, object]) -> None:
    await gateway.apply(competition())
    await gateway.team("a")
    assert_status(await gateway.organizer.post(path, json=body), 422)


async def test_a_token_cannot_make_one_that_may_do_more(gateway: Gateway) -> None:
    narrow = gateway.client((await gateway.organizer.post(TOKENS, json={"scopes": ["accounts"]})).json()["token"])

    assert_status(await narrow.post(TOKENS, json={"scopes": ["manage"]}), 422, "accounts")
    made = (await narrow.post(TOKENS, json={})).json()

    assert made["scopes"] == ["accounts"]


@pytest.mark.parametrize("name", ["", " a", "a/b", "a\nb", "\x1b[31mred", "\u202egnp.exe", "..", "x" * 81])
async def test_a_name_that_a_terminal_or_an_address_would_misread_is_refused(gateway: Gateway, name: str) -> None:
    await gateway.apply(competition())
    assert_status(await gateway.organizer.post(TEAM, json={"name": name}), 422)
