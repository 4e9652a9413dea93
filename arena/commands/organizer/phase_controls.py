"""The commands for a running phase: freezing its leaderboard, a team's quotas, priorities."""

import sys
from typing import Annotated

import typer

from arena.client.answer import PlatformAnswer
from arena.client.http import client_from_environment
from arena.commands.lazy_group import LazyGroup, Listed
from arena.commands.options import CompetitionOption, Json, PhaseOption, SubmissionArgument
from arena.failure import Failure
from arena.terminal import console, plain, remark, show_json, time_text

group = LazyGroup(
    "Freeze the leaderboard of a phase; reveal its generalization losses.",
    [
        Listed("freeze", "organizer.phase_controls:freeze", "Show the leaderboard as it is now to all but organizers."),
        Listed("unfreeze", "organizer.phase_controls:unfreeze", "Show the current leaderboard to everybody again."),
        Listed(
            "reveal",
            "organizer.phase_controls:reveal",
            "Show everybody the ranking by generalization loss.",
        ),
    ],
)
PhaseName = Annotated[str, typer.Argument(metavar="PHASE", help="Name of the phase.")]
Quota = Annotated[int | None, typer.Option(help="Quota of this team; by default the phase's.")]


def freeze(phase: PhaseName, competition: CompetitionOption, as_json: Json = False) -> None:
    """Show the leaderboard as it is now to all but organizers.

    It stays so until it is unfrozen.
    """
    _set_frozen(competition, phase, "freeze", as_json)


def unfreeze(phase: PhaseName, competition: CompetitionOption, as_json: Json = False) -> None:
    """Show the current leaderboard to everybody again."""
    _set_frozen(competition, phase, "unfreeze", as_json)


def reveal(phase: PhaseName, competition: CompetitionOption, as_json: Json = False) -> None:
    """Show everybody the ranking by generalization loss.

    The phase must have ended. It cannot be undone.
    """
    path = f"/api/v1/admin/competitions/{competition}/phases/{phase}/reveal-generalization"
    answer = client_from_environment().post(path)
    if as_json:
        show_json(answer.json)
        return
    from arena.api.competitions import RevealedGeneralization

    since = time_text(answer.parse(RevealedGeneralization).revealed_at)
    console.print(plain(f"{competition} / {phase}: generalization losses revealed since {since}"))


def _set_frozen(competition: str, phase: str, verb: str, as_json: bool) -> None:
    answer = client_from_environment().post(f"/api/v1/admin/competitions/{competition}/phases/{phase}/{verb}")
    if as_json:
        show_json(answer.json)
        return
    from arena.api.competitions import FrozenPhase

    now = answer.parse(FrozenPhase)
    state = f"frozen since {time_text(now.frozen_at)}" if now.frozen else "not frozen"
    console.print(plain(f"{competition} / {phase}: {state}"))


def reopen(
    slug: Annotated[str, typer.Argument(help="Slug of the competition.")],
    phase: Annotated[str, typer.Option("--phase", help="Name of the phase that was the final.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first. Without a terminal it never asks.")] = False,
    as_json: Json = False,
) -> None:
    """Reopen the final of a competition that has ended, as an everlasting benchmark.

    Everybody may then read what the black boxes are, and this cannot be taken back.
    """
    question = f"Reveal all black boxes of {slug}, for good?"
    if not (yes or as_json) and sys.stdin.isatty() and not typer.confirm(question):
        raise Failure("Nothing was reopened.")
    answer = client_from_environment().post(f"/api/v1/admin/competitions/{slug}/phases/{phase}/reopen")
    if as_json:
        show_json(answer.json)
        return
    from arena.api.views.everlasting import ReopenedPhase

    now = answer.parse(ReopenedPhase)
    console.print(plain(f"{slug} / {phase}: an everlasting benchmark since {time_text(now.reopened_at)}"))
    remark(f'In the competition\'s file, write for {phase}: no opens_at, no closes_at, visibility = "public",')
    remark(f"attempts_per_day = {now.attempts_per_day}, active_submissions = {now.active_submissions}")


def put_team_quota(
    team: Annotated[str, typer.Argument(help="The team's name.")],
    competition: CompetitionOption,
    phase: PhaseOption,
    attempts_per_day: Quota = None,
    scored_per_day: Quota = None,
    active_submissions: Quota = None,
    as_json: Json = False,
) -> None:
    """Set a team's own quotas in a phase.

    Without any option, the quotas of the phase apply again.
    """
    quotas = {
        "attempts_per_day": attempts_per_day,
        "scored_per_day": scored_per_day,
        "active_submissions": active_submissions,
    }
    path = f"/api/v1/admin/competitions/{competition}/teams/{team}/quota"
    answer = client_from_environment().put(path, {"phase": phase, **quotas})
    own = ", ".join(f"{name} {number}" for name, number in quotas.items() if number is not None)
    _show(answer, f"{team} in {competition} / {phase}: {own or 'the quotas of the phase'}", as_json)


def prioritize(
    submission: SubmissionArgument,
    priority: Annotated[int, typer.Option("--priority", help="Higher goes first; below 0 goes last.")] = 1,
    as_json: Json = False,
) -> None:
    """Let a submission go before those of lower priority.

    This holds across teams.
    """
    path = f"/api/v1/admin/submissions/{submission}/priority"
    answer = client_from_environment().post(path, {"priority": priority})
    _show(answer, f"{submission}: priority {answer.json['priority']}", as_json)


def _show(answer: PlatformAnswer, sentence: str, as_json: bool) -> None:
    if as_json:
        show_json(answer.json)
    else:
        console.print(plain(sentence))
