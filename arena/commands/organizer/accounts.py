"""`arena team` and `arena token`: who may use the platform, and as whom."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from arena.client.answer import PlatformAnswer
from arena.client.http import client_from_environment
from arena.commands.lazy_group import LazyGroup, Listed
from arena.commands.options import CompetitionOption, Json
from arena.failure import Failure
from arena.table import Heading, TextTable, show_tables
from arena.terminal import console, show_json, time_text

if TYPE_CHECKING:
    from arena.api.accounts import Team, TeamQuota, Token

TeamArgument = Annotated[str, typer.Argument(help="The team's name.")]

team_group = LazyGroup(
    "Create and list teams, renew their tokens, set their quotas.",
    [
        Listed("create", "organizer.accounts:create_team", "Create a team and print its token, which is shown once."),
        Listed("list", "organizer.accounts:list_teams", "List the teams, how much each has submitted, and own quotas."),
        Listed("token", "organizer.accounts:renew_token", "Revoke a team's tokens and print a new one."),
        Listed("quota", "organizer.phase_controls:put_team_quota", "Set a team's own quotas in a phase."),
    ],
)
token_group = LazyGroup(
    "Create, list and revoke tokens.",
    [
        Listed("create", "organizer.accounts:create_token", "Create another token and print it, which is shown once."),
        Listed("list", "organizer.accounts:list_tokens", "List the tokens, without their secrets."),
        Listed("revoke", "organizer.accounts:revoke_token", "Revoke a token, so that it is no longer accepted."),
    ],
)


def create_team(name: TeamArgument, competition: CompetitionOption, as_json: Json = False) -> None:
    """Create a team and print its token, which is shown once."""
    _show_token(
        client_from_environment().post(f"/api/v1/admin/competitions/{competition}/teams", {"name": name}), as_json
    )


def list_teams(competition: CompetitionOption, as_json: Json = False) -> None:
    """List the teams, how much each has submitted, and own quotas."""
    answer = client_from_environment().get_all(f"/api/v1/admin/competitions/{competition}/teams", "teams")
    if as_json:
        show_json(answer.json)
        return
    from arena.api.accounts import TeamPage

    show_tables(teams_table(answer.parse(TeamPage).teams))


def renew_token(name: TeamArgument, competition: CompetitionOption, as_json: Json = False) -> None:
    """Revoke a team's tokens and print a new one."""
    path = f"/api/v1/admin/competitions/{competition}/teams/{name}/token"
    _show_token(client_from_environment().post(path), as_json)


def create_token(
    name: Annotated[str, typer.Option("--name", help="What the token is for; `arena token list` shows it.")] = "",
    team: Annotated[str | None, typer.Option("--team", help="A team's token; without it, an organizer's.")] = None,
    competition: Annotated[str | None, typer.Option("--competition", help="The team's competition.")] = None,
    runner: Annotated[
        bool, typer.Option("--runner", help="A token for runners: they fetch zips and data sets with it.")
    ] = False,
    scopes: Annotated[
        list[str] | None,
        typer.Option("--scope", help="Of a team: read, submit. Of an organizer: read, manage, accounts. Repeatable."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Create another token and print it, which is shown once."""
    if (team is None) != (competition is None):
        raise Failure("Expected --team and --competition together, or neither for an organizer's token.")
    if runner:
        if team is not None or scopes:
            raise Failure("Expected --runner without --team and --scope: a runner's token has one scope, blobs:read.")
        _show_token(client_from_environment().post("/api/v1/admin/runner-tokens", {"name": name}), as_json)
        return
    path = "tokens" if team is None else f"competitions/{competition}/teams/{team}/tokens"
    _show_token(
        client_from_environment().post(f"/api/v1/admin/{path}", {"name": name, "scopes": scopes or None}), as_json
    )


def list_tokens(as_json: Json = False) -> None:
    """List the tokens, without their secrets."""
    answer = client_from_environment().get_all("/api/v1/admin/tokens", "tokens")
    if as_json:
        show_json(answer.json)
        return
    from arena.api.accounts import TokenPage

    show_tables(tokens_table(answer.parse(TokenPage).tokens))


def revoke_token(token: Annotated[str, typer.Argument(help="Id of the token.")], as_json: Json = False) -> None:
    """Revoke a token, so that it is no longer accepted."""
    answer = client_from_environment().delete(f"/api/v1/admin/tokens/{token}")
    if as_json:
        show_json(answer.json)
        return
    from arena.api.accounts import RevokedToken

    revoked = answer.parse(RevokedToken)
    console.print(f"revoked {revoked.id} at {time_text(revoked.revoked_at)}")


def _show_token(answer: PlatformAnswer, as_json: bool) -> None:
    if as_json:
        show_json(answer.json)
    else:
        console.print(answer.json["token"], soft_wrap=True)


def tokens_table(tokens: Sequence["Token"]) -> TextTable:
    """Return tokens as a table."""
    headings = [Heading("id"), Heading("of", "text"), Heading("name", "text"), Heading("scopes", "text")]
    headings += [Heading("created"), Heading("revoked")]
    rows = [
        (
            *(str(each.id), f"{each.team} in {each.competition}" if each.team else each.role, each.name),
            *(", ".join(each.scopes), time_text(each.created_at), time_text(each.revoked_at)),
        )
        for each in tokens
    ]
    return TextTable(headings, rows)


def teams_table(teams: Sequence["Team"]) -> TextTable:
    """Return teams as a table."""
    headings = [Heading("team", "text"), Heading("submissions", "number"), Heading("last one"), Heading("since")]
    rows = [
        (
            *(each.name, str(each.submissions), time_text(each.submitted_at), time_text(each.created_at)),
            "; ".join(map(_say_quota, each.quotas)),
        )
        for each in teams
    ]
    return TextTable([*headings, Heading("own quotas", "text")], rows)


def _say_quota(quota: "TeamQuota") -> str:
    numbers = quota.model_dump(exclude={"phase"}, exclude_none=True)
    return f"{quota.phase}: {', '.join(f'{name} {number}' for name, number in numbers.items())}"
