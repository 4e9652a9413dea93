"""Every route of the gateway and who may call it."""

from uuid import uuid4

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from services.gateway.accounts.callers import SESSION_COOKIE
from services.gateway.website.rendering import ASSETS_ADDRESS, VERSION
from tests.support.gateway.running import Gateway

TEAM_TOKENS = {"team, read": ["read"], "team, submit": ["submit"]}
ORGANIZER_TOKENS = {
    "organizer, read": ["read"],
    "organizer, manage": ["manage"],
    "organizer, accounts": ["accounts"],
}
RUNNER = "a runner"
PEOPLE = {"a person", "a member", "a judge", "an organizer in person"}
"""Those who signed in themselves: in no team, in one, and with a role."""
CALLERS = {"nobody", "a wrong token", *TEAM_TOKENS, *ORGANIZER_TOKENS, RUNNER, *PEOPLE}
ANYONE = CALLERS - {"a wrong token"}
ORGANIZER = {"organizer, read", "a judge", "an organizer in person"}
MEMBER = {"team, read", "a member", *ORGANIZER}
TEAM = {"team, submit", "a member"}
MANAGER = {"organizer, manage", "an organizer in person"}
ACTOR = TEAM | MANAGER
REGISTRAR = {"organizer, accounts", "an organizer in person"}
ROUTES = {
    ("POST", "/api/v1/competitions/{slug}/submissions"): TEAM,
    ("GET", "/api/v1/submissions/{submission_id}"): MEMBER,
    ("GET", "/api/v1/submissions/{submission_id}/logs"): MEMBER,
    ("GET", "/api/v1/submissions/{submission_id}/provenance"): MEMBER,
    ("GET", "/api/v1/submissions/{submission_id}/boxes"): MEMBER,
    ("GET", "/api/v1/competitions/{slug}/submissions"): MEMBER,
    ("POST", "/api/v1/submissions/{submission_id}/cancel"): ACTOR,
    ("POST", "/api/v1/submissions/{submission_id}/choose"): TEAM,
    ("GET", "/api/v1/competitions/{slug}/leaderboard"): ANYONE,
    ("GET", "/api/v1/competitions/{slug}/boards"): ANYONE,
    ("GET", "/api/v1/competitions/{slug}/boards/{board}"): ANYONE,
    ("GET", "/api/v1/competitions/{slug}/performance"): ANYONE,
    ("GET", "/api/v1/competitions/{slug}/everlasting"): ANYONE,
    ("GET", "/api/v1/competitions/{slug}/revealed-boxes"): ANYONE,
    ("GET", "/api/v1/competitions/{slug}/days"): ANYONE,
    ("GET", "/api/v1/competitions/{slug}/boxes"): ANYONE,
    ("GET", "/api/v1/competitions/{slug}/head-to-head"): ANYONE,
    ("GET", "/api/v1/counters"): ANYONE,
    ("GET", "/api/v1/competitions/{slug}/generalization"): ORGANIZER,
    ("WS", "/api/v1/competitions/{slug}/live"): ANYONE,
    ("WS", "/api/v1/submissions/{submission_id}/live"): MEMBER,
    ("WS", "/api/v1/submissions/{submission_id}/logs/live"): MEMBER,
    ("WS", "/api/v1/competitions/{slug}/submissions/live"): MEMBER,
    ("GET", "/api/v1/competitions"): ANYONE,
    ("GET", "/api/v1/competitions/{slug}"): ANYONE,
    ("GET", "/api/v1/packages"): ANYONE,
    ("PUT", "/api/v1/admin/competitions/{slug}"): MANAGER,
    ("POST", "/api/v1/admin/competitions/{slug}/diff"): MANAGER,
    ("GET", "/api/v1/admin/competitions/{slug}/revisions"): ORGANIZER,
    ("GET", "/api/v1/admin/competitions/{slug}/retention"): ORGANIZER,
    ("POST", "/api/v1/admin/competitions/{slug}/retention/drop"): MANAGER,
    ("GET", "/api/v1/admin/competitions/{slug}/archive/submissions"): ORGANIZER,
    ("GET", "/api/v1/admin/competitions/{slug}/archive/blobs/{sha256}"): ORGANIZER,
    ("POST", "/api/v1/admin/competitions/{slug}/datasets"): MANAGER,
    ("GET", "/api/v1/admin/competitions/{slug}/datasets"): ORGANIZER,
    ("POST", "/api/v1/admin/competitions/{slug}/teams"): REGISTRAR,
    ("POST", "/api/v1/admin/competitions/{slug}/teams/{team}/token"): REGISTRAR,
    ("POST", "/api/v1/admin/competitions/{slug}/teams/{team}/tokens"): REGISTRAR,
    ("POST", "/api/v1/admin/tokens"): REGISTRAR,
    ("POST", "/api/v1/admin/runner-tokens"): REGISTRAR,
    ("GET", "/api/v1/blobs/{sha256}"): {RUNNER},
    ("GET", "/api/v1/admin/tokens"): ORGANIZER,
    ("DELETE", "/api/v1/admin/tokens/{token_id}"): REGISTRAR,
    ("POST", "/api/v1/admin/baselines"): MANAGER,
    ("GET", "/api/v1/admin/baselines"): ORGANIZER,
    ("GET", "/api/v1/admin/baselines/{name}"): ORGANIZER,
    ("POST", "/api/v1/admin/competitions/{slug}/organizer-runs"): MANAGER,
    ("GET", "/api/v1/admin/competitions/{slug}/organizer-runs"): ORGANIZER,
    ("GET", "/api/v1/admin/competitions/{slug}/black-boxes"): ORGANIZER,
    ("GET", "/api/v1/admin/competitions/{slug}/baseline-graph"): ORGANIZER,
    ("GET", "/api/v1/admin/submissions/{submission_id}"): ORGANIZER,
    ("GET", "/api/v1/admin/executions"): ORGANIZER,
    ("GET", "/api/v1/admin/executions/{execution}"): ORGANIZER,
    ("POST", "/api/v1/admin/executions/{execution}/replay"): MANAGER,
    ("GET", "/api/v1/admin/replays/{submission_id}"): ORGANIZER,
    ("POST", "/api/v1/admin/competitions/{slug}/phases/{phase}/rescore"): MANAGER,
    ("GET", "/api/v1/admin/competitions/{slug}/phases/{phase}/rescore"): ORGANIZER,
    ("POST", "/api/v1/admin/competitions/{slug}/phases/{phase}/rescore/apply"): MANAGER,
    ("POST", "/api/v1/admin/competitions/{slug}/phases/{phase}/rescore/discard"): MANAGER,
    ("POST", "/api/v1/admin/submissions/{submission_id}/priority"): MANAGER,
    ("POST", "/api/v1/admin/competitions/{slug}/phases/{phase}/freeze"): MANAGER,
    ("POST", "/api/v1/admin/competitions/{slug}/phases/{phase}/unfreeze"): MANAGER,
    ("POST", "/api/v1/admin/competitions/{slug}/phases/{phase}/reveal-generalization"): MANAGER,
    ("POST", "/api/v1/admin/competitions/{slug}/phases/{phase}/reopen"): MANAGER,
    ("PUT", "/api/v1/admin/competitions/{slug}/teams/{team}/quota"): MANAGER,
    ("POST", "/api/v1/admin/competitions/{slug}/final"): MANAGER,
    ("GET", "/api/v1/admin/competitions/{slug}/final"): ORGANIZER,
    ("GET", "/api/v1/admin/incidents"): ORGANIZER,
    ("POST", "/api/v1/admin/incidents/{shard_id}/retry"): MANAGER,
    ("GET", "/api/v1/admin/dead-letters"): ORGANIZER,
    ("POST", "/api/v1/admin/dead-letters/{letter_id}/retry"): MANAGER,
    ("GET", "/api/v1/admin/overview"): ORGANIZER,
    ("GET", "/api/v1/admin/runners"): ORGANIZER,
    ("GET", "/api/v1/admin/competitions/{slug}/teams"): ORGANIZER,
    ("GET", "/api/v1/admin/competitions/{slug}/costs"): ORGANIZER,
    ("GET", "/api/v1/admin/competitions/{slug}/spending"): ORGANIZER,
    ("GET", "/api/v1/admin/machines"): ORGANIZER,
    ("GET", "/c/{slug}/announcements"): ANYONE,
    ("GET", "/c/{slug}/announcements.atom"): ANYONE,
    ("GET", "/notices/stop"): ANYONE,
    ("POST", "/notices/stop"): ANYONE,
    ("GET", "/c/{slug}/console"): {"nobody", *ORGANIZER},
    ("GET", "/c/{slug}/console/{section}"): {"nobody", *ORGANIZER},
    ("GET", "/api/v1/admin/competitions/{slug}/phases/{phase}/export"): ORGANIZER,
    ("GET", "/api/v1/competitions/{slug}/announcements"): ANYONE,
    ("POST", "/api/v1/admin/competitions/{slug}/announcements"): MANAGER,
    ("DELETE", "/api/v1/admin/competitions/{slug}/announcements/{announcement_id}"): MANAGER,
    ("GET", "/api/v1/admin/emails"): ORGANIZER,
    ("POST", "/api/v1/competitions/{slug}/webhooks"): ACTOR,
    ("GET", "/api/v1/competitions/{slug}/webhooks"): MEMBER,
    ("DELETE", "/api/v1/webhooks/{webhook_id}"): ACTOR,
    ("GET", "/api/v1/webhooks/{webhook_id}/deliveries"): MEMBER,
    ("POST", "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver"): ACTOR,
    ("POST", "/api/v1/registrations"): ANYONE,
    ("GET", "/api/v1/me"): PEOPLE,
    ("PUT", "/api/v1/me"): PEOPLE,
    ("GET", "/api/v1/me/notices"): PEOPLE,
    ("PUT", "/api/v1/me/notices"): PEOPLE,
    ("GET", "/api/v1/me/export"): PEOPLE,
    ("DELETE", "/api/v1/me"): PEOPLE,
    ("POST", "/api/v1/me/competitions/{slug}/registration"): PEOPLE,
    ("POST", "/api/v1/me/competitions/{slug}/team"): PEOPLE,
    ("DELETE", "/api/v1/me/competitions/{slug}/team"): PEOPLE,
    ("POST", "/api/v1/me/competitions/{slug}/act"): PEOPLE,
    ("POST", "/api/v1/me/competitions/{slug}/invitations"): PEOPLE,
    ("POST", "/api/v1/me/invitations"): PEOPLE,
    ("POST", "/api/v1/me/competitions/{slug}/tokens"): PEOPLE,
    ("DELETE", "/api/v1/me/tokens/{token_id}"): PEOPLE,
    ("PUT", "/api/v1/me/competitions/{slug}/merge"): PEOPLE,
    ("DELETE", "/api/v1/me/competitions/{slug}/merge"): PEOPLE,
    ("POST", "/api/v1/me/competitions/{slug}/merge/accept"): PEOPLE,
    ("GET", "/api/v1/admin/competitions/{slug}/people"): ORGANIZER,
    ("POST", "/api/v1/admin/competitions/{slug}/people/{person_id}/approve"): REGISTRAR,
    ("POST", "/api/v1/admin/competitions/{slug}/people/{person_id}/refuse"): REGISTRAR,
    ("GET", "/api/v1/admin/people"): ORGANIZER,
    ("PUT", "/api/v1/admin/people/role"): REGISTRAR,
    ("GET", "/register"): ANYONE,
    ("GET", "/confirm"): ANYONE,
    ("POST", "/confirm"): ANYONE,
    ("POST", "/sign-in/link"): ANYONE,
    ("GET", "/sign-in/provider"): ANYONE,
    ("GET", "/sign-in/provider/back"): ANYONE,
    ("GET", "/account"): ANYONE,
    ("GET", "/account/notices"): ANYONE,
    ("GET", "/join"): ANYONE,
    ("GET", "/healthz"): ANYONE,
    ("GET", "/readyz"): ANYONE,
    ("GET", "/metrics"): ANYONE,
    ("GET", "/docs"): ANYONE,
    ("GET", "/docs/start.js"): ANYONE,
    ("GET", "/docs/swagger-ui/swagger-ui.css"): ANYONE,
    ("GET", "/openapi.json"): ANYONE,
    ("GET", "/asyncapi.json"): ANYONE,
    ("GET", "/"): ANYONE,
    ("GET", "/c/{slug}"): ANYONE,
    ("GET", "/c/{slug}/boards/{board}"): ANYONE,
    ("GET", "/c/{slug}/boards/{board}/embed"): ANYONE,
    ("GET", "/c/{slug}/boards/{board}/embed.json"): ANYONE,
    ("GET", "/c/{slug}/boards/{board}/badge.svg"): ANYONE,
    ("GET", "/c/{slug}/days"): ANYONE,
    ("GET", "/c/{slug}/boxes"): ANYONE,
    ("GET", "/c/{slug}/versus"): ANYONE,
    ("GET", "/c/{slug}/submissions"): {"nobody"} | MEMBER,
    ("GET", "/c/{slug}/performance"): ANYONE,
    ("GET", "/c/{slug}/everlasting"): ANYONE,
    ("GET", "/c/{slug}/rules"): ANYONE,
    ("GET", "/submissions/{submission_id}"): {"nobody"} | MEMBER,
    ("GET", "/sign-in"): ANYONE,
    ("POST", "/sign-in"): ANYONE,
    ("POST", "/sign-out"): ANYONE,
    ("GET", f"{ASSETS_ADDRESS}{VERSION}/arena.css"): CALLERS,
}
SESSION = "session:"
"""Begins what stands for a token of those who have a session instead."""
MOUNTS = {
    "/docs/swagger-ui": "/docs/swagger-ui/swagger-ui.css",
    f"{ASSETS_ADDRESS}{VERSION}": f"{ASSETS_ADDRESS}{VERSION}/arena.css",
}
"""Addresses of static files: one file stands for each folder."""


IDS = {
    "slug": "c",
    "phase": "feedback",
    "name": "official",
    "team": "nobody",
    "board": "first",
    "section": "teams",
    "execution": f"{uuid4()}:1",
    "sha256": "0" * 64,
} | {
    name: str(uuid4())
    for name in (
        *("submission_id", "shard_id", "token_id", "letter_id", "person_id"),
        *("announcement_id", "webhook_id", "delivery_id"),
    )
}


async def status_of(gateway: Gateway, method: str, path: str, token: str | None) -> int:
    """Return the status of a call without a body. A call that the role allows may then fail with 404 or 422."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if token is not None and token.startswith(SESSION):
        headers = {"Cookie": f"{SESSION_COOKIE}={token.removeprefix(SESSION)}", "Origin": gateway.url}
    if method == "WS":
        try:
            async with connect(gateway.live(path.removeprefix("/api/v1")), additional_headers=headers):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code
    return (await gateway.anyone.request(method, path, headers=headers)).status_code
