"""`arena check`: a submission on public black boxes, on this machine, as the platform would run it."""

import asyncio
import fcntl
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from arena.check.check_report import show_check_report, write_logs
from arena.commands.extras import CHECK, needs_extra
from arena.commands.options import EnvironmentOption, Json
from arena.failure import Failure, Stopped
from arena.file_hash import hash_file
from arena.pack.optimizer_zip import read_zip
from arena.pack.refusal import find_refusal
from arena.package_data import OFFICIAL_BASELINE
from arena.progress import Step, show_progress
from arena.rules.arena_toml import read_environment
from arena.rules.zip_validation import ZipLimits
from arena.terminal import console_for_people, show_json
from arena.words.environments import DEFAULT_ENVIRONMENT, ParameterNames, split_environment
from arena.words.expected import expected_text
from arena.words.limits import Limits

if TYPE_CHECKING:
    from arena.check.plan import CheckPlan, Key, Outcome
    from arena.scales import Scale

BOXES = "DT_iris_acc,kNN_wine_acc,linear_breast_nll,SVM_wine_nll,lasso_diabetes_mse,DT_boston_mae"
"""Fast black boxes with different search spaces, metrics and data sets."""
SEED = "check"
LIMIT_HELP = f"NAME=VALUE, repeatable. Names: {', '.join(Limits.model_fields)}."

BaselineOption = Annotated[Path, typer.Option("--baseline", help="What scores refer to.", exists=True)]
HiddenNamesOption = Annotated[
    bool, typer.Option("--hidden-names", help="Call parameters x0, x1 and so on, as some phases do.")
]


def check(
    zip_path: Annotated[Path, typer.Argument(metavar="ZIP", help="The zip, or a folder to be packed.", exists=True)],
    boxes: Annotated[str, typer.Option("--boxes", help="Black boxes, separated by commas; 'all' takes long.")] = BOXES,
    studies: Annotated[int, typer.Option("--studies", min=1, help="Studies on each black box.")] = 1,
    n_calls: Annotated[int, typer.Option("--n-calls", min=1, help="Iterations of a study.")] = 16,
    n_suggestions: Annotated[int, typer.Option("--n-suggestions", min=1, help="Suggestions in each iteration.")] = 8,
    limit: Annotated[list[str] | None, typer.Option("--limit", help=LIMIT_HELP)] = None,
    twice: Annotated[bool, typer.Option("--twice", help="Run each study twice and compare, bit for bit.")] = False,
    seed: Annotated[str, typer.Option("--seed", help="Text that the seeds of the studies are made from.")] = SEED,
    baseline: BaselineOption = OFFICIAL_BASELINE,
    hidden_names: HiddenNamesOption = False,
    logs: Annotated[Path | None, typer.Option("--logs", help="A folder for what each study wrote.")] = None,
    environment: EnvironmentOption = None,
    as_json: Json = False,
) -> None:
    """Run a submission on this machine, in the platform's containers and limits.

    The exit code is 0 if it would be scored, else 1.
    """
    with needs_extra(CHECK):
        from arena.check.judgement import judge
        from arena.check.plan import CheckPlan, Outcome
    scales, limits = _choose_scales(baseline, boxes), _parse_limits(limit or [])
    name, zip_file = read_zip(zip_path, environment)
    refusal = find_refusal(zip_file, ZipLimits(limits.zip_limit_bytes, limits.unpacked_limit_bytes))
    place = _choose_environment(environment, zip_file) if refusal is None else DEFAULT_ENVIRONMENT
    names: ParameterNames = "hidden" if hidden_names else "visible"
    plan = CheckPlan(scales, studies, n_calls, n_suggestions, limits, seed, twice, place, names)
    outcome = Outcome()
    if refusal is None:
        with _only_check_here(quiet=as_json):
            outcome = asyncio.run(_run_until_signal(plan, zip_file, quiet=as_json))
    what = {"file": name, "zip_sha256": hash_file(zip_file), "baseline": baseline.name}
    body = what | judge(plan, outcome, refusal)
    if logs is not None:
        write_logs(body, logs)
    show_json(body) if as_json else show_check_report(body)
    raise typer.Exit(0 if body["scored"] else 1)


def _choose_scales(path: Path, boxes: str) -> dict[str, "Scale"]:
    """Return the scale of each black box asked for."""
    from arena.scales import read_scales

    known = read_scales(path)
    wanted = sorted(known) if boxes == "all" else boxes.replace(",", " ").split()
    unknown = sorted(set(wanted) - set(known))
    if unknown or not wanted:
        raise Failure(f"Expected --boxes out of {', '.join(sorted(known))}; got {', '.join(unknown) or 'none'}.")
    return {box: known[box] for box in wanted}


def _choose_environment(named: str | None, zip_file: Path) -> str:
    """Return the environment that is named, or else the zip's own, or else the default."""
    with zip_file.open("rb") as file:
        environment = named or read_environment(file) or DEFAULT_ENVIRONMENT
    try:
        split_environment(environment)
    except ValueError as error:
        raise Failure(f"Expected the name of an environment: {error}.") from error
    return environment


def _parse_limits(texts: Sequence[str]) -> Limits:
    given = dict(text.partition("=")[::2] for text in texts)
    try:
        return Limits.model_validate(given)
    except ValidationError as error:
        faults = " ".join(f"{'.'.join(map(str, each['loc']))}: {expected_text(each)}" for each in error.errors())
        names = ", ".join(Limits.model_fields)
        raise Failure(f"Expected --limit NAME=VALUE with a name out of {names}. {faults}") from error


@contextmanager
def _only_check_here(*, quiet: bool) -> Iterator[None]:
    """Hold a lock, so that two checks do not share CPUs and distort each other's times. It ends with the process."""
    with Path(__file__).open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not quiet:
                console_for_people().print("Another check is running on this machine; waiting for it to end.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


async def _run_until_signal(plan: "CheckPlan", zip_file: Path, *, quiet: bool) -> "Outcome":
    """Run the studies; Ctrl-C and SIGTERM stop them, and no container stays."""
    with needs_extra(CHECK):
        import structlog

        from arena.check.studies import run_plan
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger("warning"),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    this = asyncio.current_task()
    assert this is not None  # noqa: S101 - a coroutine runs in a task
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, this.cancel)
    total, done = len(plan.keys) * (1 + plan.twice), 0
    with show_progress(console_for_people(), quiet=quiet) as show:

        def report(key: "Key", over: bool) -> None:
            nonlocal done
            done += over
            show(Step("check", f"{key[0]} / {key[1]}", done, total))

        try:
            return await run_plan(plan, zip_file, report)
        except asyncio.CancelledError:
            raise Stopped("Stopped early; the containers are removed. Run it again for a complete check.") from None
