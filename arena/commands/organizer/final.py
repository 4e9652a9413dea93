"""`arena final`: the last phase, started, watched and ranked."""

import dataclasses
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from arena.client.final import final_path, get_final
from arena.client.http import client_from_environment
from arena.commands.extras import REPORT, needs_extra
from arena.commands.options import CompetitionOption, FinalPhaseOption, Json, OriginOption
from arena.failure import Failure
from arena.rules.ranking import rank, ranking_key
from arena.terminal import NO_SCORE, console, plain, score_text, show_json
from arena.words.states import SubmissionState

if TYPE_CHECKING:
    from arena.api.reruns import Finalist, FinalStatus, StartedFinal
    from arena.report.statistics import FinalPlace

application = typer.Typer(
    add_completion=False, help="Run the best teams again on other black boxes, with more studies."
)
NEEDED = {"competition": "--competition", "origin": "--from", "phase": "--phase"}


@application.callback(invoke_without_command=True)
def final(
    context: typer.Context,
    competition: Annotated[str | None, typer.Option("--competition", help="Slug of the competition.")] = None,
    origin: Annotated[str | None, typer.Option("--from", help="Phase whose best teams go to the final.")] = None,
    phase: Annotated[str | None, typer.Option("--phase", help="Phase that is the final.")] = None,
    top: Annotated[int, typer.Option(min=1, help="How many teams.")] = 20,
    studies: Annotated[int, typer.Option(min=1, help="Studies on each black box.")] = 100,
    even_if_unended: Annotated[
        bool, typer.Option("--even-if-unended", help="Go on without submissions that have not ended.")
    ] = False,
    wait: Annotated[bool, typer.Option("--watch/--no-watch", help="Show progress until all have ended.")] = True,
    as_json: Json = False,
) -> None:
    """Run the best teams again on other black boxes, with more studies.

    Running it again continues it: finalists stay, and what is missing is added. Ctrl-C stops only the watching.
    """
    if context.invoked_subcommand is not None:
        return
    given = {"competition": competition, "origin": origin, "phase": phase}
    missing = [option for name, option in NEEDED.items() if given[name] is None]
    if missing:
        raise Failure(f"Expected {', '.join(missing)}; see 'arena final --help'.")
    client = client_from_environment()
    answer = client.post(
        final_path(str(competition)),
        {"from": origin, "phase": phase, "top": top, "studies": studies, "even_if_unended": even_if_unended},
    )
    if not as_json:
        from arena.api.reruns import StartedFinal

        _announce(answer.parse(StartedFinal))
    if wait:
        from arena.client.watch import watch

        watch(client, [each["submission_id"] for each in answer.json["finalists"]], quiet=as_json)
        show(str(competition), str(origin), str(phase), as_json)
    elif as_json:
        show_json(answer.json)


@application.command()
def show(competition: CompetitionOption, origin: OriginOption, phase: FinalPhaseOption, as_json: Json = False) -> None:
    """Show the final ranking beside that of the phase before, with how sure each rank is."""
    from arena.api.reruns import FinalStatus

    answer = get_final(client_from_environment(), competition, origin, phase, losses=True)
    status = answer.parse(FinalStatus)
    places = rank_finalists(answer.json, status)
    if not as_json:
        by_id = {str(each.submission_id): each for each in status.finalists}
        console.print(final_table(status, [(by_id[each], places.get(each)) for each in _order(by_id, places)]))
        return
    raw = {each["submission_id"]: each for each in answer.json["finalists"]}
    finalists = [raw[each] | places.get(each, {}) for each in _order(raw, places)]
    without_losses = [{name: value for name, value in each.items() if name != "losses"} for each in finalists]
    show_json(answer.json | {"finalists": without_losses})


def _order(finalists: Iterable[str], places: Mapping[str, Any]) -> list[str]:
    return [*places, *(each for each in finalists if each not in places)]


def rank_finalists(shown: Mapping[str, Any], status: "FinalStatus") -> dict[str, dict[str, Any]]:
    """Return the place of each scored finalist by submission, in order; of equal scores the earlier submission wins.

    Without the extra that brings the statistics, a place is a rank only.
    """
    scored = [each for each in status.finalists if each.score is not None and each.state == SubmissionState.SCORED]
    if not scored:
        return {}
    try:
        with needs_extra(REPORT):
            from arena.report.data import losses_of
            from arena.report.statistics import rank_final
    except Failure as missing:
        print(f"arena: ranked by score alone, without intervals or probabilities. {missing}", file=sys.stderr)  # noqa: T201
        ordered = rank(scored, lambda each: ranking_key(each.score, each.submitted_at, each.team))
        return {str(each.submission_id): {"rank": place} for place, each in enumerate(ordered, start=1)}
    teams, losses = losses_of(shown)
    return {teams[each.team].submission_id: _place(each) for each in rank_final(losses).places}


def _announce(started: "StartedFinal") -> None:
    console.print(
        f"{len(started.finalists)} finalists, {len(started.new)} of them new; {started.studies_per_box} studies on "
        f"each of {len(started.boxes)} black boxes"
    )
    if started.shared_boxes:
        boxes = ", ".join(started.shared_boxes)
        console.print(plain(f"Teams have already seen scores on these black boxes, in {started.origin}: {boxes}"))


def _place(place: "FinalPlace") -> dict[str, Any]:
    return {name: value for name, value in dataclasses.asdict(place).items() if name != "team"}


def final_table(status: "FinalStatus", rows: Sequence[tuple["Finalist", Mapping[str, Any] | None]]) -> Table:
    """Return the final beside the phase before it; `≈` marks a rank that is within the noise of the next."""
    title = plain(f"{status.competition} / {status.phase}, after {status.origin}")
    table = Table(title=title, box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("rank", justify="right", no_wrap=True, min_width=4)
    table.add_column("team", min_width=12, overflow="fold")
    for column in ("score", "95 %", "ranks", "best", "> next", "tie", status.origin):
        table.add_column(plain(column), justify="right")
    for finalist, place in rows:
        before = f"{finalist.feedback_rank or NO_SCORE}: {score_text(finalist.feedback_score)}"
        if place is None:
            state = finalist.verdict or f"{finalist.studies_done}/{finalist.studies_total}"
            table.add_row(NO_SCORE, plain(f"{finalist.team} ({state})"), *[NO_SCORE] * 6, before)
        elif "score" not in place:
            score = score_text(finalist.score)
            table.add_row(str(place["rank"]), plain(finalist.team), score, *[NO_SCORE] * 5, before)
        else:
            table.add_row(*_sure_cells(finalist.team, place), before)
    table.caption = (
        "best, > next: how sure the team is the best, and better than the next; tie: groups within the noise"
    )
    return table


def _sure_cells(team: str, place: Mapping[str, Any]) -> tuple[str | Text, ...]:
    better = place["p_better_than_next"]
    return (
        f"{place['rank']}{' ≈' if place['within_noise_of_next'] else ''}",
        plain(team),
        score_text(place["score"]),
        f"{place['score_low']:.2f} to {place['score_high']:.2f}",
        f"{place['rank_low']} to {place['rank_high']}",
        f"{place['p_best']:.0%}",
        NO_SCORE if better is None else f"{better:.0%}",
        str(place["tie_group"]),
    )
