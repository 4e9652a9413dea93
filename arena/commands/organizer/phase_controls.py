"""The commands of a phase under way: its freeze, quotas of one team, who goes first, which submission counts."""

from typing import Annotated, Any

import typer

from arena.client.http import client_from_environment
from arena.commands.options import CompetitionOption, Json
from arena.terminal import console, plain, show_json, show_submission

phase_app = typer.Typer(no_args_is_help=True, help="Phases under way.")
Body = dict[str, Any]
PhaseName = Annotated[str, typer.Argument(metavar="PHASE", help="Name of the phase.")]
Quota = Annotated[int | None, typer.Option(help="Instead of the phase's; without it the phase's holds.")]


@phase_app.command("freeze")
def freeze(phase: PhaseName, competition: CompetitionOption, as_json: Json = False) -> None:
    """Show everybody but organizers the leaderboard as it is now, until it is unfrozen."""
    _set_frozen(competition, phase, "freeze", as_json)


@phase_app.command("unfreeze")
def unfreeze(phase: PhaseName, competition: CompetitionOption, as_json: Json = False) -> None:
    """Show everybody the present leaderboard again."""
    _set_frozen(competition, phase, "unfreeze", as_json)


def _set_frozen(competition: str, phase: str, verb: str, as_json: bool) -> None:
    body = client_from_environment().post(f"/api/v1/admin/competitions/{competition}/phases/{phase}/{verb}")
    state = f"frozen since {body['frozen_at']}" if body["frozen"] else "not frozen"
    _show(body, f"{competition} / {phase}: {state}", as_json)


def put_team_quota(
    team: Annotated[str, typer.Argument(help="The team's name.")],
    competition: CompetitionOption,
    phase: Annotated[str, typer.Option("--phase", help="Phase.")],
    attempts_per_day: Quota = None,
    scored_per_day: Quota = None,
    active_submissions: Quota = None,
    as_json: Json = False,
) -> None:
    """Give a team quotas of its own in a phase; without any, the phase's hold for it again."""
    quotas = {
        "attempts_per_day": attempts_per_day,
        "scored_per_day": scored_per_day,
        "active_submissions": active_submissions,
    }
    path = f"/api/v1/admin/competitions/{competition}/teams/{team}/quota"
    body = client_from_environment().put(path, {"phase": phase, **quotas})
    own = ", ".join(f"{name} {number}" for name, number in quotas.items() if number is not None)
    _show(body, f"{team} in {competition} / {phase}: {own or 'the quotas of the phase'}", as_json)


def prioritize(
    submission: Annotated[str, typer.Argument(help="Id of the submission.")],
    priority: Annotated[int, typer.Option("--priority", help="Higher goes first; below 0 goes last.")] = 1,
    as_json: Json = False,
) -> None:
    """Let a submission go before those of lower priority, whatever team they are of."""
    path = f"/api/v1/admin/submissions/{submission}/priority"
    body = client_from_environment().post(path, {"priority": priority})
    _show(body, f"{submission}: priority {body['priority']}", as_json)


def choose(
    submission: Annotated[str, typer.Argument(help="Id of a scored submission of your team.")], as_json: Json = False
) -> None:
    """Let this submission count, in a phase where teams choose."""
    body = client_from_environment().post(f"/api/v1/submissions/{submission}/choose")
    if as_json:
        show_json(body)
    else:
        show_submission(body)


def _show(body: Body, sentence: str, as_json: bool) -> None:
    if as_json:
        show_json(body)
    else:
        console.print(plain(sentence))
