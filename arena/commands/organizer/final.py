"""`arena final`: the last phase, started, watched and ranked."""

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.table import Table

from arena.client.final import final_path, get_final
from arena.client.http import client_from_environment
from arena.commands.extras import REPORT, needs_extra
from arena.commands.options import CompetitionOption, FinalPhaseOption, Json, OriginOption
from arena.failure import Failure
from arena.terminal import NO_SCORE, console, plain, show_json

if TYPE_CHECKING:
    from arena.report.statistics import Place

application = typer.Typer(
    add_completion=False, help="Run the best teams again on other black boxes, with more studies."
)
Body = dict[str, Any]
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

    Run again it goes on: finalists stay, what is missing is added. Ctrl-C stops only the watching.
    """
    if context.invoked_subcommand is not None:
        return
    given = {"competition": competition, "origin": origin, "phase": phase}
    missing = [option for name, option in NEEDED.items() if given[name] is None]
    if missing:
        raise Failure(f"Expected {', '.join(missing)}; see 'arena final --help'.")
    client = client_from_environment()
    started = client.post(
        final_path(str(competition)),
        {"from": origin, "phase": phase, "top": top, "studies": studies, "even_if_unended": even_if_unended},
    )
    if not as_json:
        _announce(started)
    if wait:
        from arena.client.watch import watch

        watch(client, [each["submission_id"] for each in started["finalists"]], quiet=as_json)
        show(str(competition), str(origin), str(phase), as_json)
    elif as_json:
        show_json(started)


@application.command()
def show(competition: CompetitionOption, origin: OriginOption, phase: FinalPhaseOption, as_json: Json = False) -> None:
    """Show the final ranking beside that of the phase before, with how sure each rank is."""
    shown = get_final(client_from_environment(), competition, origin, phase, losses=True)
    places = _rank(shown)
    by_id = {
        each["submission_id"]: {name: each[name] for name in each if name != "losses"} for each in shown["finalists"]
    }
    rows = [by_id.pop(place["submission_id"]) | place for place in places] + list(by_id.values())
    if as_json:
        show_json(shown | {"finalists": rows})
    else:
        console.print(_table(shown, rows))


def _rank(shown: Body) -> list[Body]:
    """Rank the finalists that are scored; the earlier submission comes first among equals."""
    if not any(each["state"] == "scored" for each in shown["finalists"]):
        return []
    with needs_extra(REPORT):
        from arena.report.data import losses_of
        from arena.report.statistics import rank_final
    teams, losses = losses_of(shown)
    return [{"submission_id": teams[each.team].submission_id} | _place(each) for each in rank_final(losses).places]


def _announce(started: Body) -> None:
    new, all_of = len(started["new"]), len(started["finalists"])
    console.print(
        f"{all_of} finalists, {new} of them new; {started['studies_per_box']} studies on each of "
        f"{len(started['boxes'])} black boxes"
    )
    if started["shared_boxes"]:
        boxes = ", ".join(started["shared_boxes"])
        console.print(plain(f"Teams have seen scores on these black boxes before, in {started['from']}: {boxes}"))


def _place(place: "Place") -> Body:
    return {name: value for name, value in dataclasses.asdict(place).items() if name != "team"}


def _table(shown: Body, rows: list[Body]) -> Table:
    """Return the final beside the phase before it; `≈` marks a place that is within the noise of the next."""
    title = plain(f"{shown['competition']} / {shown['phase']}, after {shown['from']}")
    table = Table(title=title, box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("rank", justify="right", no_wrap=True, min_width=4)
    table.add_column("team", min_width=12, overflow="fold")
    for column in ("score", "95 %", "ranks", "best", "> next", "tie", shown["from"]):
        table.add_column(plain(column), justify="right")
    for row in rows:
        before = f"{row['feedback_rank'] or NO_SCORE}: {_number(row['feedback_score'])}"
        if "rank" in row:
            table.add_row(
                f"{row['rank']}{' ≈' if row['within_noise_of_next'] else ''}",
                plain(row["team"]),
                _number(row["score"]),
                f"{row['score_low']:.2f} to {row['score_high']:.2f}",
                f"{row['rank_low']} to {row['rank_high']}",
                f"{row['p_best']:.0%}",
                NO_SCORE if row["p_better_than_next"] is None else f"{row['p_better_than_next']:.0%}",
                str(row["tie_group"]),
                before,
            )
        else:
            state = row["verdict"] or f"{row['studies_done']}/{row['studies_total']}"
            table.add_row(NO_SCORE, plain(f"{row['team']} ({state})"), *[NO_SCORE] * 6, before)
    table.caption = (
        "best, > next: how sure the team is the best, and better than the next; tie: groups within the noise"
    )
    return table


def _number(score: float | None) -> str:
    return NO_SCORE if score is None else f"{score:.3f}"
