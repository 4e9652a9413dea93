"""People and their teams: invitations, tokens of one's own, roles, merging, and leaving for good."""

import asyncio
from datetime import UTC, datetime, timedelta

from shared.database import Pool
from tests.support.gateway.people import ask, give_role, join, links_to, member, open_competition, sign_up
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import set_score
from tests.support.gateway.submitting import submit

ADA, EVE = "ada@uni.example", "eve@uni.example"
SOON = (datetime.now(UTC) + timedelta(days=1)).isoformat()


async def test_two_members_submit_with_tokens_of_their_own_and_one_leaves(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    ada, eve = await member(gateway, pool, ADA, "Gaussians"), await sign_up(gateway, pool, EVE)
    assert (await join(ada, eve)).status_code == 201
    assert (await eve.me())["competitions"][0]["members"] == ["ada", "eve"]

    tokens = [(await each.call("POST", "/me/competitions/c/tokens", {"name": "laptop"})).json() for each in (ada, eve)]
    of_ada, of_eve = (gateway.client(each["token"]) for each in tokens)
    assert [(await submit(each)).status_code for each in (of_ada, of_eve)] == [202, 202]
    assert (await of_ada.get("/api/v1/me")).status_code == 403  # a token is not the account

    await eve.call("DELETE", "/me/competitions/c/team")
    assert (await submit(of_eve)).status_code == 401
    assert (await submit(of_ada)).status_code == 202


async def test_an_invitation_lets_one_person_in(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    ada = await member(gateway, pool, ADA, "Gaussians")
    others = [await sign_up(gateway, pool, f"p{number}@uni.example") for number in range(3)]
    url = (await ada.call("POST", "/me/competitions/c/invitations")).json()["url"]
    link = {"link": url.partition("link=")[2]}
    assert link["link"] not in str(await pool.fetch("select * from invitations"))

    answers = await asyncio.gather(*(each.call("POST", "/me/invitations", link) for each in others))

    assert sorted(each.status_code for each in answers) == [201, 404, 404]


async def test_a_judge_sees_what_an_organizer_sees_and_changes_nothing(gateway: Gateway, pool: Pool) -> None:
    shown = {"title": "Shown", "phase": "feedback"}
    boards = [
        {**shown, "name": "secret", "visibility": "organizer"},
        {**shown, "name": "held-out", "objective": "generalization"},
    ]
    (await gateway.apply({**open_competition(), "boards": boards})).raise_for_status()
    judge = await sign_up(gateway, pool, ADA)
    await give_role(gateway, ADA, "judge")

    assert (await judge.call("GET", "/admin/competitions/c/black-boxes")).status_code == 200
    listed = [(await each.get("/api/v1/competitions/c/boards")).json() for each in (judge.browser, gateway.anyone)]
    assert [[each["name"] for each in page["boards"]] for page in listed] == [["secret", "held-out"], []]
    for page in ("/api/v1/competitions/c/boards/secret", "/c/c/boards/held-out", "/c/c/console/people"):
        assert (await judge.browser.get(page)).status_code == 200, page
    assert (await judge.call("PUT", "/admin/competitions/c", open_competition(name="Mine"))).status_code == 403
    role = {"email": ADA, "role": "organizer"}
    assert (await judge.call("PUT", "/admin/people/role", role)).status_code == 403


async def test_a_token_for_accounts_alone_makes_nobody_an_organizer(gateway: Gateway) -> None:
    made = await gateway.organizer.post("/api/v1/admin/tokens", json={"scopes": ["accounts"]})
    narrow = gateway.client(made.json()["token"])

    answer = await narrow.put("/api/v1/admin/people/role", json={"email": ADA, "role": "organizer"})

    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")


async def test_two_teams_that_agree_are_one_with_all_submissions(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition(merge_until=SOON))
    ada, eve = await member(gateway, pool, ADA, "Gaussians"), await member(gateway, pool, EVE, "Optimists")
    assert (await ada.browser.post("/api/v1/me/competitions/c/merge/accept", json={"team": "Optimists"})).json()[
        "code"
    ] == "no_such_merge"
    token = (await eve.call("POST", "/me/competitions/c/tokens", {})).json()["token"]
    submission = (await submit(gateway.client(token))).json()["id"]
    await eve.call("PUT", "/me/competitions/c/merge", {"team": "Gaussians"})
    early = await ada.call("POST", "/me/competitions/c/merge/accept", {"team": "Optimists"})
    assert early.json()["code"] == "submissions_unended"

    await gateway.client(token).post(f"/api/v1/submissions/{submission}/cancel")
    merged = await ada.call("POST", "/me/competitions/c/merge/accept", {"team": "Optimists"})

    assert merged.json()["competitions"][0]["members"] == ["ada", "eve"]
    assert (await ada.browser.get(f"/api/v1/submissions/{submission}")).json()["team"] == "Gaussians"


async def test_merged_teams_have_one_row_for_the_best_submission_of_both(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition(merge_until=SOON))
    scores = {"Gaussians": (70.0, 60.0), "Optimists": (80.0, 50.0), "Others": (75.0,)}
    teams = {name: await member(gateway, pool, f"{name.lower()}@uni.example", name) for name in scores}
    for name, team in teams.items():
        token = (await team.call("POST", "/me/competitions/c/tokens", {})).json()["token"]
        for score in scores[name]:
            submission = (await submit(gateway.client(token))).raise_for_status().json()["id"]
            await set_score(pool, submission, score, "scored")
    before = [("Optimists", 80.0, 1, 2), ("Others", 75.0, 2, 1), ("Gaussians", 70.0, 3, 2)]
    assert await ranking(gateway) == before

    await teams["Optimists"].call("PUT", "/me/competitions/c/merge", {"team": "Gaussians"})
    merge = await teams["Gaussians"].call("POST", "/me/competitions/c/merge/accept", {"team": "Optimists"})
    merge.raise_for_status()

    assert await ranking(gateway) == [("Gaussians", 80.0, 1, 4), ("Others", 75.0, 2, 1)]


async def ranking(gateway: Gateway) -> list[tuple[str, float, int, int]]:
    """Each row's team, score, rank and number of submissions, as the leaderboard shows them."""
    rows = (await gateway.anyone.get("/api/v1/competitions/c/leaderboard?phase=feedback")).raise_for_status().json()
    return [(row["team"], row["score"], row["rank"], row["submissions"]) for row in rows["rows"]]


async def test_teams_merge_no_longer_after_the_date(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition(merge_until="2026-01-01T00:00:00Z"))
    ada = await member(gateway, pool, ADA, "Gaussians")
    await member(gateway, pool, EVE, "Optimists")

    answer = await ada.call("PUT", "/me/competitions/c/merge", {"team": "Optimists"})

    assert answer.json()["code"] == "merging_ended"


async def test_who_deletes_the_account_is_in_no_table_any_more(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    email = "unmistakable@uni.example"
    person = await member(gateway, pool, email, "Gaussians")
    token = (await person.call("POST", "/me/competitions/c/tokens", {"name": "unmistakable's"})).json()["token"]
    await person.call("POST", "/me/competitions/c/invitations")
    webhook = {"url": "http://127.0.0.1:9/unmistakable", "events": ["announcement"]}
    made = (await person.call("POST", "/competitions/c/webhooks", webhook)).raise_for_status().json()
    await person.call("PUT", "/me/notices", {"emails": {"phase.closing": False}})
    await ask(gateway, email)
    known = (await person.call("GET", "/me/export")).json()
    assert known["person"]["email"] == email
    assert {"registrations", "memberships", "tokens", "sessions", "invitations", "emails"} <= known["tables"].keys()
    assert known["tables"]["notice_choices"] == [{"unwanted": ["phase.closing"]}]
    assert [each["url"] for each in known["tables"]["webhooks"]] == [webhook["url"]]
    secrets = [token, made["secret"], *await links_to(pool, email)]
    secrets.append(await pool.fetchval("select secret from notice_choices"))
    assert [each for each in secrets if each in str(known)] == []

    assert (await person.call("DELETE", "/me")).json() == {"deleted": True}

    names = await pool.fetch("select relname from pg_stat_user_tables where relname <> 'schema_migrations'")
    found = [
        row["relname"]
        for row in names
        if await pool.fetchval(f"select count(*) from {row['relname']} t where t::text ilike '%unmistakable%'")  # noqa: S608
    ]
    assert found == []
    assert (await person.call("GET", "/me")).status_code == 401
    assert (await gateway.client(token).get("/api/v1/competitions/c/submissions")).status_code == 401
    teams = (await gateway.organizer.get("/api/v1/admin/competitions/c/teams")).json()["teams"]
    assert [each["name"] for each in teams] == ["Gaussians"]


async def test_a_webhook_stays_with_a_team_that_still_has_members(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    ada, eve = await member(gateway, pool, ADA, "Gaussians"), await sign_up(gateway, pool, EVE)
    await join(ada, eve)
    webhook = {"url": "http://127.0.0.1:9/ours", "events": ["announcement"]}
    (await ada.call("POST", "/competitions/c/webhooks", webhook)).raise_for_status()
    await eve.call("POST", "/me/competitions/c/act")

    await ada.call("DELETE", "/me")

    (left,) = (await eve.call("GET", "/competitions/c/webhooks")).json()["webhooks"]
    assert left["url"] == webhook["url"]
