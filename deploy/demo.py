"""The demo: a competition, two teams, three optimizers, live progress, and the leaderboard at the end."""

import json
from pathlib import Path

from arena.api.accounts import TeamToken
from arena.api.competitions import CompetitionDiff
from arena.api.leaderboard import Leaderboard
from arena.api.planning import BaselinePage
from arena.api.submissions import Submission
from arena.client.http import Client, client_from_environment
from arena.client.watch import watch
from arena.commands.participant.leaderboard import leaderboard_table
from arena.competition.apply import apply_file, diff_file, read_file
from arena.failure import Failure
from arena.json_file import read_json
from arena.pack.optimizer_zip import read_zip
from arena.table import show_tables
from arena.terminal import console
from arena.words.states import SubmissionState

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
TOKENS = ROOT / ".arena" / "demo-teams.json"
BASELINE = "neurips-2020"
ENTRIES = (("dice", "random_search"), ("library", "hyperopt_tpe"), ("library", "optuna_tpe"))


def main() -> None:
    """Run the demo against the stack that ARENA_URL names."""
    client = client_from_environment()
    slug = set_up_competition(client)
    tokens = team_tokens(client, slug)
    teams = {team: Client(client.url, token) for team, token in tokens.items()}
    submissions = [
        teams[team].submit(slug, None, *read_zip(EXAMPLES / example)).json["id"] for team, example in ENTRIES
    ]
    ended = [each.parse(Submission) for each in watch(client, submissions)]
    show_tables(leaderboard_table(client.get(f"/api/v1/competitions/{slug}/leaderboard").parse(Leaderboard)))
    console.print(
        "≈ within the noise of the next place; the leaderboard shows each team's best submission", style="dim"
    )
    failed = [each for each in ended if each.state != SubmissionState.SCORED]
    if failed:
        raise Failure("; ".join(f"{each.id} is {each.state}: {each.verdict}" for each in failed))
    console.print("\n".join(["", *next_steps(client.url, slug)]), highlight=False, soft_wrap=True)


def next_steps(url: str, slug: str) -> list[str]:
    """Return what to try next, a line each."""
    return [
        f"Look: open {url}/c/{slug} in a browser, and sign in with the token in .arena/organizer-token.",
        "Take part: .venv/bin/arena new my_optimizer; README.md goes on, in 'Five minutes to the first score'.",
        f"Stop: make down; make up starts it again. The API is described at {url}/docs.",
    ]


def set_up_competition(client: Client) -> str:
    """Create the demo's baseline set and competition unless they exist; returns the slug."""
    page = client.get_all("/api/v1/admin/baselines", "baselines").parse(BaselinePage)
    known = {each.name for each in page.baselines}
    if BASELINE not in known:
        document = read_json(EXAMPLES / "baselines" / "baseline-16-8.json")
        client.post("/api/v1/admin/baselines", {"name": BASELINE, "source": "official, 16 x 8", "document": document})
    found = read_file(client, EXAMPLES / "demo" / "competition.toml")
    apply_file(client, found, diff_file(client, found).parse(CompetitionDiff))
    return found.slug


def team_tokens(client: Client, slug: str) -> dict[str, str]:
    """Return a token for each team, from an earlier run or newly created."""
    tokens: dict[str, str] = json.loads(TOKENS.read_text()) if TOKENS.exists() else {}
    for team in {team for team, _ in ENTRIES} - tokens.keys():
        try:
            answer = client.post(f"/api/v1/admin/competitions/{slug}/teams", {"name": team})
        except Failure:
            answer = client.post(f"/api/v1/admin/competitions/{slug}/teams/{team}/token")
        tokens[team] = answer.parse(TeamToken).token
    TOKENS.touch(mode=0o600)
    TOKENS.write_text(json.dumps(tokens))
    return tokens


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        raise SystemExit(f"demo: {failure}") from failure
