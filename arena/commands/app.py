"""The command `arena`: the list of its commands and their modules. `--help` imports none of them."""

import json
import sys
from typing import NoReturn

from arena.commands.lazy_group import LazyGroup, Listed
from arena.commands.root_options import root_options
from arena.failure import ExitCode, Failure, Stopped

PARTICIPANT, ORGANIZER, OPERATOR = "For participants", "For organizers", "For operators"

PARTICIPANT_COMMANDS = (
    ("login", "participant.login:login", "Keep a platform's address and your token, for all commands."),
    ("logout", "participant.login:logout", "Forget a platform and its token."),
    ("platforms", "participant.login:list_platforms", "List the platforms that you are logged in to."),
    ("competitions", "participant.competitions:competitions", "List the competitions of the platform."),
    ("new", "participant.new:new", "Write a starting optimizer that passes 'arena check'."),
    ("check", "participant.check:check", "Run a submission on this machine, in the platform's containers and limits."),
    ("pack", "participant.pack:pack", "Build the zip to submit, with the wheels that the environment lacks."),
    ("submit", "participant.submissions:submit", "Upload an optimizer for scoring."),
    (
        "submissions",
        "participant.submission_list:submissions",
        "List your team's submissions, the newest first; organizers see everybody's.",
    ),
    ("status", "participant.submissions:status", "Show a submission's state, verdict, score and place in the queue."),
    ("watch", "participant.submissions:watch", "Show how far submissions are until all have ended."),
    (
        "cancel",
        "participant.submissions:cancel",
        "Stop a submission: running studies are killed, the rest dropped.",
    ),
    ("choose", "participant.submissions:choose", "Let this submission count, in a phase where teams choose."),
    ("leaderboard", "participant.leaderboard:leaderboard", "Show the ranking of a phase."),
    (
        "provenance",
        "participant.provenance:provenance",
        "Show what a score came from: baseline, zip, images and more.",
    ),
    ("logs", "participant.logs:logs", "Show what the optimizer wrote."),
    ("webhook", "notices.webhooks:group", "Let programs be told of what happens."),
)
ORGANIZER_COMMANDS = (
    ("competition", "organizer.competition:group", "Create, change and show competitions."),
    ("problem", "problem.commands:group", "Write and check problems of your own."),
    (
        "estimate",
        "organizer.estimate:estimate",
        "Measure black boxes, and say what a competition takes.",
    ),
    (
        "cost",
        "organizer.estimate:cost",
        "Say what a competition has cost so far, and what the machines do now.",
    ),
    ("baseline", "organizer.baselines.sets:group", "Compute, import and compare baseline sets, to which scores refer."),
    ("team", "organizer.accounts:team_group", "Create and list teams, renew their tokens, set their quotas."),
    ("person", "organizer.people:group", "See who has registered, approve or refuse them, and make judges."),
    ("token", "organizer.accounts:token_group", "Create, list and revoke tokens."),
    (
        "phase",
        "organizer.phase_controls:group",
        "Freeze the leaderboard of a phase; reveal its generalization losses.",
    ),
    (
        "announce",
        "notices.announce:announce",
        "Tell everybody something, on the site, by e-mail and webhooks.",
    ),
    ("prioritize", "organizer.phase_controls:prioritize", "Let a submission go before those of lower priority."),
    ("executions", "organizer.executions:executions", "List executions, the newest first."),
    (
        "replay",
        "organizer.executions:replay",
        "Run an execution again, and compare the results bit for bit.",
    ),
    ("rescore", "organizer.rescore:group", "Run a phase's submissions again under a changed definition."),
    ("final", "organizer.final:application", "Run the best teams again on other black boxes, with more studies."),
    ("report", "organizer.report:report", "Write a report of a final as one HTML file."),
    ("export", "organizer.export:export", "Write a phase's evaluations in a format that the field's tools read."),
    ("archive", "organizer.archive:archive", "Write everything to recompute a finished competition to a folder."),
    ("bayesmark", "organizer.bayesmark:run_bayesmark", "Run a tool of stock Bayesmark on an exported results folder."),
)
OPERATOR_COMMANDS = (
    ("images", "operator.images:group", "Build the container images in which studies run."),
    ("cluster", "operator.cluster:group", "Look at Arena on a Kubernetes cluster."),
    (
        "backup",
        "operator.backup:backup",
        "Write the database and all zips and data sets to a folder, or renew what is there.",
    ),
    ("restore", "operator.backup:restore", "Bring a backup back to a platform without data."),
)

ENVIRONMENT = {
    "ARENA_URL": "Address of the platform, such as https://arena.example.org. Without it, that of 'arena login'.",
    "ARENA_TOKEN": "Your token. Without it, that of 'arena login'.",
    "ARENA_PLATFORM": "Which platform of 'arena login', by its name; without it, the last one.",
}

app = LazyGroup(
    "Arena: black-box-optimization competitions.",
    [
        *(Listed(*each, PARTICIPANT) for each in PARTICIPANT_COMMANDS),
        *(Listed(*each, ORGANIZER) for each in ORGANIZER_COMMANDS),
        *(Listed(*each, OPERATOR) for each in OPERATOR_COMMANDS),
    ],
    options=root_options(),
    environment=ENVIRONMENT,
)


def main() -> None:
    """Run a command.

    One that fails, or that Ctrl-C stops, says why in one line on stderr, or with `--json` in a problem object.
    """
    try:
        app(prog_name="arena")
    except Failure as failure:
        _end(failure)
    except SystemExit as end:
        if end.code != ExitCode.STOPPED:
            raise
        _end(Stopped())  # Typer has made this exit of a KeyboardInterrupt, without a word


def _end(failure: Failure) -> NoReturn:
    text = json.dumps(failure.problem) if "--json" in sys.argv else f"arena: {failure}"
    print(text, file=sys.stderr)  # noqa: T201 - this is the command's output
    sys.exit(failure.exit_code)
