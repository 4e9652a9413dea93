"""What `arena check` found, for people: tables, the verdict, and what the optimizer wrote."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arena.failure import Failure
from arena.table import Heading, TextTable, show_tables
from arena.terminal import console, plain, score_text, show_rule
from arena.words.cut_off import TimeLimit, cut_off_text

OFFICIAL, OFFICIAL_SHAPE = "baseline-16-8.json", (16, 8)


def show_check_report(body: Mapping[str, Any]) -> None:
    """Print scores and times by study, the most telling log, and the verdict last."""
    if body["studies"]:
        show_tables(studies_table(body))
        console.print()  # what reads a table reads to the empty line
        _show_log(body)
    for each in body["warnings"]:
        console.print(plain(f"warning: {each}"))
    if body["refused"]:
        console.print(plain(f"refused: {body['refused']} The platform would not take this zip."))
        return
    if body["fatal"]:
        _show_fatal(body["fatal"])
    else:
        score = score_text(body["score"], body["interval"])
        console.print(f"score {score} against {body['baseline']}; black boxes: {len(body['boxes'])}")
        console.print(plain(times_text(body)))
    console.print(plain(f"environment {body['environment']} ({body['images'][body['environment']]})"), soft_wrap=True)
    for remark in remarks(body):
        console.print(plain(remark))
    console.print(plain(f"verdict {body['verdict']}: {body['verdict_sentence']}"))


def studies_table(body: Mapping[str, Any]) -> TextTable:
    """Return the studies as a table: seconds are the optimizer's own."""
    limits = body["limits"]
    times = (f"s of {limits['study_timeout_s']:g}", f"worst s of {limits['iteration_timeout_s']:g}")
    headings = [Heading("black box"), *(Heading(title, "number") for title in ("study", "score", *times, "errors"))]
    rows = [
        (
            *(each["box"], str(each["study"]), f"{each['score']:.3f}"),
            *(f"{each['study_time_s']:.2f}", f"{each['worst_iteration_s']:.2f}"),
            f"{each['suggest_errors']} + {each['observe_errors']}",
            ", ".join(["timed_out"] * each["timed_out"] + ["differs"] * (each["same_again"] is False)),
        )
        for each in body["studies"]
    ]
    return TextTable(
        [*headings, Heading("remarks", "text")], rows, caption="times: the optimizer's own; errors: suggest + observe"
    )


def times_text(body: Mapping[str, Any]) -> str:
    """Return how near the slowest study and the worst iteration came to the limits."""
    limits = body["limits"]
    slowest = max(body["studies"], key=lambda each: each["study_time_s"])
    worst = max(body["studies"], key=lambda each: each["worst_iteration_s"])
    parts = ", ".join(f"{name} {slowest[f'{name}_time_s']:.2f} s" for name in ("construct", "suggest", "observe"))
    return (
        f"slowest study {slowest['box']} / {slowest['study']}: {slowest['study_time_s']:.2f} s of "
        f"{limits['study_timeout_s']:g} s ({parts})\n"
        f"worst iteration {worst['worst_iteration']} of {worst['box']} / {worst['study']}: "
        f"{worst['worst_iteration_s']:.2f} s of {limits['iteration_timeout_s']:g} s"
    )


def remarks(body: Mapping[str, Any]) -> list[str]:
    """Return remarks on what a verdict of `scored` hides."""
    studies = body["studies"]
    found = []
    if body["shared_cpus"]:
        numbers = ", ".join(map(str, body["shared_cpus"]))
        found.append(f"Other studies ran on CPU {numbers} as well, because none was free: times may be longer.")
    found += [
        cut_off_text(late, limit, body["limits"][f"{limit}_timeout_s"])
        for limit in TimeLimit
        if (late := sum(each["cut_off_by"] == limit for each in studies))
    ]
    if errors := sum(each["suggest_errors"] for each in studies):
        found.append(f"suggest raised {errors} times: random search stood in for those iterations.")
    if errors := sum(each["observe_errors"] for each in studies):
        found.append(f"observe raised {errors} times: the optimizer learned nothing of those iterations.")
    if body["deterministic"] is not None:
        differing = sum(each["same_again"] is False for each in studies)
        found.append(
            "Run again, every study was the same, bit for bit."
            if body["deterministic"]
            else f"Run again, {differing} of {len(studies)} studies differ: it draws from more than the seeded "
            "np.random and random, or depends on the clock, so nobody can reproduce its score."
        )
    shape = (body["n_calls"], body["n_suggestions"])
    if body["baseline"] == OFFICIAL and shape != OFFICIAL_SHAPE:
        found.append(f"Studies of {shape[0]} x {shape[1]}: the official baselines are of 16 x 8, so compare with care.")
    return found


def write_logs(body: Mapping[str, Any], folder: Path) -> None:
    """Write what each study wrote to a file of its own."""
    studies = [*body["studies"], *([body["fatal"]] if body["fatal"] else [])]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in studies:
            (folder / f"{each['box']}-{each['study']}.log").write_text(each["log"])
    except OSError as error:
        raise Failure(f"Expected to write logs to {folder}, it failed: {error}.") from error


def _show_log(body: Mapping[str, Any]) -> None:
    """The log of the first study with an error, else of the first that wrote anything."""
    if body["fatal"]:
        return
    by_interest = sorted(body["studies"], key=lambda each: not (each["suggest_errors"] or each["observe_errors"]))
    wrote = [each for each in by_interest if each["log"]]
    if not wrote:
        return
    show_rule(f"written in {wrote[0]['box']} / {wrote[0]['study']}")
    console.print(plain(wrote[0]["log"]))
    show_rule()
    if len(wrote) > 1:
        console.print(f"{len(wrote) - 1} more of the studies wrote something: --logs DIR keeps all of it")


def _show_fatal(fatal: Mapping[str, Any]) -> None:
    show_rule(f"written in {fatal['box']} / {fatal['study']}")
    console.print(plain(fatal["log"]))
    show_rule()
    if fatal["detail"].strip() not in fatal["log"]:
        console.print(plain(fatal["detail"]))
    console.print(
        f"ended by study {fatal['study']} of {fatal['box']}, in {fatal['stage']}, iteration {fatal['iteration']}"
    )
