"""The commands. Each does one thing through the API, and prints a table, or with `--json` one object."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from arena.baseline import build as pipeline
from arena.baseline import check as deviation
from arena.client.http import Client, Failure, client_from_environment, read_json
from arena.client.watch import watch as watch_submissions
from arena.commands import images
from arena.commands.options import CompetitionOption, Json
from arena.commands.organizer import estimate, executions, final, rescore
from arena.commands.organizer import phase_controls as course
from arena.commands.organizer.competition import app as competition_app
from arena.commands.participant import check as local
from arena.commands.participant import new, pack, provenance
from arena.export.results_folder import write_results_folder
from arena.pack.folder import read_zip
from arena.terminal import console, leaderboard_table, plain, show_json, show_submission, tokens_table

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Arena: black-box-optimization competitions.")
token_app = typer.Typer(no_args_is_help=True, help="Tokens, of teams and of organizers.")
team_app = typer.Typer(no_args_is_help=True, help="Teams.")
baseline_app = typer.Typer(no_args_is_help=True, help="Baseline sets, to which scores refer.")
app.add_typer(team_app, name="team")
app.add_typer(token_app, name="token")
app.add_typer(competition_app, name="competition")
app.add_typer(baseline_app, name="baseline")
app.add_typer(rescore.app, name="rescore")
app.add_typer(images.app, name="images")
app.add_typer(final.app, name="final")
app.command("report")(final.report)
for command in (
    new.new,
    local.check,
    pack.pack,
    executions.executions,
    executions.logs,
    executions.replay,
    provenance.provenance,
):
    app.command()(command)
app.command("estimate")(estimate.estimate)
baseline_app.command("build")(pipeline.build)
baseline_app.command("graph")(pipeline.graph)
baseline_app.command("check")(deviation.check)
app.add_typer(course.phase_app, name="phase")
team_app.command("quota")(course.put_team_quota)
app.command()(course.prioritize)
app.command()(course.choose)

PhaseOption = Annotated[str | None, typer.Option("--phase", help="Phase; may be left out when only one is open.")]
Submission = Annotated[str, typer.Argument(help="Id of the submission.")]


@app.command()
def submit(
    zip_path: Annotated[Path, typer.Argument(metavar="ZIP", help="The zip, or a folder to be packed.", exists=True)],
    competition: CompetitionOption,
    phase: PhaseOption = None,
    watch: Annotated[bool, typer.Option("--watch", help="Show progress until it has ended.")] = False,
    as_json: Json = False,
) -> None:
    """Upload an optimizer for scoring."""
    client = client_from_environment()
    submission = client.submit(competition, phase, *read_zip(zip_path))
    if watch:
        (submission,) = watch_submissions(client, [submission["id"]], quiet=as_json)
    _show(submission, as_json)


@app.command()
def status(
    submission: Submission,
    watch: Annotated[bool, typer.Option("--watch", help="Show progress until it has ended.")] = False,
    as_json: Json = False,
) -> None:
    """Show a submission's state, verdict and score, its place in the queue and how long it may take still."""
    client = client_from_environment()
    if watch:
        watch_submissions(client, [submission], quiet=as_json)
    _show(client.get(f"/api/v1/submissions/{submission}"), as_json)


@app.command()
def watch(
    submissions: Annotated[list[str], typer.Argument(help="Ids of the submissions.")], as_json: Json = False
) -> None:
    """Show live progress bars until all these submissions have ended."""
    ended = watch_submissions(client_from_environment(), submissions, quiet=as_json)
    if as_json:
        show_json({"submissions": ended})


@app.command()
def cancel(submission: Submission, as_json: Json = False) -> None:
    """Stop a submission: what runs is killed, the rest is dropped."""
    _show(client_from_environment().post(f"/api/v1/submissions/{submission}/cancel"), as_json)


@app.command()
def leaderboard(competition: CompetitionOption, phase: PhaseOption = None, as_json: Json = False) -> None:
    """Show who stands where."""
    body = client_from_environment().get(f"/api/v1/competitions/{competition}/leaderboard", phase=phase)
    if as_json:
        show_json(body)
    else:
        frozen = f" (frozen since {body['frozen_at']})" if body["frozen"] else ""
        console.print(leaderboard_table(f"{body['competition']} / {body['phase']}{frozen}", body["rows"]))


@team_app.command("create")
def create_team(
    name: Annotated[str, typer.Argument(help="The team's name.")], competition: CompetitionOption, as_json: Json = False
) -> None:
    """Create a team and print its token, this once."""
    body = client_from_environment().post(f"/api/v1/admin/competitions/{competition}/teams", {"name": name})
    if as_json:
        show_json(body)
    else:
        console.print(body["token"], soft_wrap=True)


@team_app.command("token")
def renew_token(
    name: Annotated[str, typer.Argument(help="The team's name.")], competition: CompetitionOption, as_json: Json = False
) -> None:
    """Revoke a team's tokens and print a new one."""
    body = client_from_environment().post(f"/api/v1/admin/competitions/{competition}/teams/{name}/token")
    if as_json:
        show_json(body)
    else:
        console.print(body["token"], soft_wrap=True)


@token_app.command("create")
def create_token(
    name: Annotated[str, typer.Option("--name", help="What it is for, so that one knows it when it is revoked.")] = "",
    team: Annotated[str | None, typer.Option("--team", help="A team's token; without it, an organizer's.")] = None,
    competition: Annotated[str | None, typer.Option("--competition", help="The team's competition.")] = None,
    scopes: Annotated[
        list[str] | None,
        typer.Option("--scope", help="read, submit (teams), manage, accounts (organizers); repeatable."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Create one more token and print it, this once."""
    if (team is None) != (competition is None):
        raise Failure("Expected --team and --competition together, or neither for an organizer's token.")
    path = "tokens" if team is None else f"competitions/{competition}/teams/{team}/tokens"
    body = client_from_environment().post(f"/api/v1/admin/{path}", {"name": name, "scopes": scopes or None})
    if as_json:
        show_json(body)
    else:
        console.print(body["token"], soft_wrap=True)


@token_app.command("list")
def list_tokens(as_json: Json = False) -> None:
    """List the tokens, without what is secret of them."""
    body = client_from_environment().get("/api/v1/admin/tokens")
    if as_json:
        show_json(body)
    else:
        console.print(tokens_table(body["tokens"]))


@token_app.command("revoke")
def revoke_token(token: Annotated[str, typer.Argument(help="Id of the token.")], as_json: Json = False) -> None:
    """Make a token useless."""
    body = client_from_environment().delete(f"/api/v1/admin/tokens/{token}")
    if as_json:
        show_json(body)
    else:
        console.print(f"revoked {body['id']} at {body['revoked_at']}")


@baseline_app.command("import")
def import_baseline(
    file: Annotated[Path, typer.Argument(help="A baseline file in Bayesmark's format.", exists=True)],
    name: Annotated[str, typer.Option("--name", help="Name of the set; importing again makes its next version.")],
    as_json: Json = False,
) -> None:
    """Import a baseline set from a file."""
    _store_baseline(client_from_environment(), name, f"file {file.name}", read_json(file), as_json)


@baseline_app.command("list")
def list_baselines(as_json: Json = False) -> None:
    """List the baseline sets."""
    body = client_from_environment().get("/api/v1/admin/baselines")
    if as_json:
        show_json(body)
    else:
        for each in body["baselines"]:
            console.print(plain(f"{each['name']}@{each['version']}  {each['source']}"))


@app.command()
def export(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The results folder to make.")],
    competition: CompetitionOption,
    phase: Annotated[str, typer.Option("--phase", help="Phase.")],
    as_json: Json = False,
) -> None:
    """Write a phase's evaluations as a Bayesmark results folder: each team's best finished submission."""
    client = client_from_environment()
    with client.lines(f"/api/v1/admin/competitions/{competition}/phases/{phase}/export") as lines:
        written = write_results_folder(lines, directory, lambda name, version: _baseline(client, name, version))
    if as_json:
        show_json(written)
    else:
        console.print(f"{written['studies']} studies of {len(written['methods'])} submissions in {directory}")


def _baseline(client: Client, name: str, version: int) -> dict[str, Any]:
    return client.get(f"/api/v1/admin/baselines/{name}", version=version)


def _store_baseline(client: Client, name: str, source: str, document: dict[str, Any], as_json: bool) -> None:
    body = client.post("/api/v1/admin/baselines", {"name": name, "source": source, "document": document})
    if as_json:
        show_json(body)
    else:
        console.print(f"{body['name']}@{body['version']}")


def _show(submission: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show_json(submission)
    else:
        show_submission(submission)


def main() -> None:
    """Run a command; a failure is one line on stderr, or with `--json` its problem object there, and exit code 1."""
    try:
        app()
    except Failure as failure:
        text = json.dumps(failure.problem) if "--json" in sys.argv else f"arena: {failure}"
        print(text, file=sys.stderr)  # noqa: T201 - this is the command's output
        sys.exit(1)
