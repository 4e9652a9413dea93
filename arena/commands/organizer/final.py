"""`arena final`: the last phase, started, watched and ranked."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arena.client.final import final_path, get_final
from arena.client.http import client_from_environment
from arena.commands.extras import REPORT, needs_extra
from arena.commands.options import CompetitionOption, FinalPhaseOption, Json, OriginOption, SecondPhaseOption
from arena.failure import Failure
from arena.rules.ranking import rank, ranking_key
from arena.table import Heading, TextTable, show_tables
from arena.terminal import NO_SCORE, remark, score_text, show_json
from arena.words.environments import environment_name
from arena.words.states import SubmissionState

if TYPE_CHECKING:
    from arena.api.reruns import Finalist, FinalStatus
    from arena.client.answer import PlatformAnswer
    from arena.client.http import Client
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
    second_phase: SecondPhaseOption = None,
    top: Annotated[int, typer.Option(min=1, help="How many teams.")] = 20,
    studies: Annotated[int, typer.Option(min=1, help="Studies on each black box.")] = 100,
    even_if_unended: Annotated[
        bool, typer.Option("--even-if-unended", help="Go on without submissions that have not ended.")
    ] = False,
    wait: Annotated[bool, typer.Option("--watch/--no-watch", help="Show progress until all have ended.")] = True,
    as_json: Json = False,
) -> None:
    """Run the best teams again on other black boxes, with more studies.

    Running it again continues it: finalists stay, and what is missing is added. Ctrl-C stops only the watching. With
    --second-phase, they also run with hidden parameter names if the final has visible ones, or the other way round.
    """
    if context.invoked_subcommand is not None:
        return
    given = {"competition": competition, "origin": origin, "phase": phase}
    missing = [option for name, option in NEEDED.items() if given[name] is None]
    if missing:
        raise Failure(f"Expected {', '.join(missing)}; see 'arena final --help'.")
    client = client_from_environment()
    wanted: dict[str, Any] = {"from": origin, "phase": phase, "second_phase": second_phase, "top": top}
    wanted |= {"studies": studies, "even_if_unended": even_if_unended}
    answer = client.post(final_path(str(competition)), wanted)
    if not as_json:
        _announce(answer)
    if wait:
        _watch(client, str(competition), str(origin), filter(None, (phase, second_phase)), as_json)
        show(str(competition), str(origin), str(phase), second_phase, as_json)
    elif as_json:
        show_json(answer.json)


@application.command()
def show(
    competition: CompetitionOption,
    origin: OriginOption,
    phase: FinalPhaseOption,
    second_phase: SecondPhaseOption = None,
    as_json: Json = False,
) -> None:
    """Show the final ranking beside that of the phase before, with how sure each rank is.

    With --second-phase, also its ranking; as JSON it is in `second`.
    """
    client = client_from_environment()
    answers = [
        get_final(client, competition, origin, each, losses=True) for each in filter(None, (phase, second_phase))
    ]
    if as_json:
        shown = [_as_json(each) for each in answers]
        show_json(shown[0] if second_phase is None else shown[0] | {"second": shown[1]})
    else:
        show_tables(*map(_as_table, answers))


def _watch(client: "Client", competition: str, origin: str, phases: Iterable[str], as_json: bool) -> None:
    from arena.client.watch import watch

    finals = [get_final(client, competition, origin, phase).json for phase in phases]
    watch(client, [each["submission_id"] for final in finals for each in final["finalists"]], quiet=as_json)


def _as_table(answer: "PlatformAnswer") -> TextTable:
    from arena.api.reruns import FinalStatus

    places = rank_finalists(status := answer.parse(FinalStatus))
    by_id = {str(each.submission_id): each for each in status.finalists}
    return final_table(status, [(by_id[each], places.get(each)) for each in _order(by_id, places)])


def _as_json(answer: "PlatformAnswer") -> dict[str, Any]:
    from arena.api.reruns import FinalStatus

    places = rank_finalists(answer.parse(FinalStatus))
    raw = {each["submission_id"]: each for each in answer.json["finalists"]}
    finalists = [raw[each] | places.get(each, {}) for each in _order(raw, places)]
    without_losses = [{name: value for name, value in each.items() if name != "losses"} for each in finalists]
    return answer.json | {"finalists": without_losses}


def _order(finalists: Iterable[str], places: Mapping[str, Any]) -> list[str]:
    return [*places, *(each for each in finalists if each not in places)]


def rank_finalists(status: "FinalStatus") -> dict[str, dict[str, Any]]:
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
        remark(f"Ranked by score alone, without intervals or probabilities. {missing}")
        ordered = rank(scored, lambda each: ranking_key(each.score, each.submitted_at, each.team))
        return {str(each.submission_id): {"rank": place} for place, each in enumerate(ordered, start=1)}
    teams, losses = losses_of(status)
    return {teams[each.team].submission_id: _place(each) for each in rank_final(losses).places}


def _announce(answer: "PlatformAnswer") -> None:
    from arena.api.reruns import StartedFinal

    started = answer.parse(StartedFinal)
    remark(
        f"{len(started.finalists)} finalists, {len(started.new)} of them new; {started.studies_per_box} studies on "
        f"each of {len(started.boxes)} black boxes"
    )
    if started.shared_boxes:
        boxes = ", ".join(started.shared_boxes)
        remark(f"Teams have already seen scores on these black boxes, in {started.origin}: {boxes}")


def _place(place: "FinalPlace") -> dict[str, Any]:
    return {name: value for name, value in dataclasses.asdict(place).items() if name != "team"}


def final_table(status: "FinalStatus", rows: Sequence[tuple["Finalist", Mapping[str, Any] | None]]) -> TextTable:
    """Return the final beside the phase before it; `≈` marks a rank that is within the noise of the next."""
    hidden = ", with hidden parameter names" if status.parameter_names == "hidden" else ""
    numbers = ("score", "95 %", "ranks", "best", "> next", "tie", f"{status.origin} rank", f"{status.origin} score")
    headings = [
        Heading("rank", "number"),
        Heading("≈"),
        Heading("team", "text"),
        Heading("environment"),
        Heading("state"),
    ]
    headings += [Heading(title, "number") for title in numbers]
    return TextTable(
        headings,
        [_finalist_cells(finalist, place) for finalist, place in rows],
        title=f"{status.competition} / {status.phase}, after {status.origin}{hidden}",
        caption="best, > next: how sure the team is the best, and better than the next; "
        "≈: the next is within the noise; tie: groups within the noise",
    )


def _finalist_cells(finalist: "Finalist", place: Mapping[str, Any] | None) -> tuple[str, ...]:
    before = (str(finalist.feedback_rank or NO_SCORE), score_text(finalist.feedback_score))
    state = finalist.verdict or f"{finalist.studies_done}/{finalist.studies_total}"
    who = (finalist.team, environment_name(finalist.environment), state)
    if place is None:
        return (NO_SCORE, "", *who, *[NO_SCORE] * 6, *before)
    if "score" not in place:
        return (str(place["rank"]), "", *who, score_text(finalist.score), *[NO_SCORE] * 5, *before)
    better = place["p_better_than_next"]
    return (
        *(str(place["rank"]), "≈" if place["within_noise_of_next"] else "", *who),
        *(score_text(place["score"]), f"{place['score_low']:.2f} to {place['score_high']:.2f}"),
        *(f"{place['rank_low']} to {place['rank_high']}", f"{place['p_best']:.0%}"),
        *(NO_SCORE if better is None else f"{better:.0%}", str(place["tie_group"]), *before),
    )
