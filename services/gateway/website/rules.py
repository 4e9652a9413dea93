"""The rules of a phase, each worded from the setting that enforces it, so that the two cannot differ."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from arena.api.competition_document import Phase
from arena.api.competitions import EnvironmentPackages
from arena.package_data import START
from arena.sandbox.fixed_limits import INODES_LIMIT, OPEN_FILES_LIMIT, SHARED_MEMORY_BYTES
from arena.words.cut_off import WORTH
from arena.words.environments import DEFAULT_ENVIRONMENT, environment_name
from arena.words.execution import LOG_CHARS
from arena.words.limits import ZIP_FILES_LIMIT, Limits
from arena.words.sizes import size_text
from arena.words.verdicts import FATAL_VERDICTS, VERDICTS, Responsibility, Verdict
from services.gateway.accounts.callers import Anyone, Caller
from services.gateway.competitions.packages import list_packages
from services.gateway.competitions.tables import PhaseRow
from services.gateway.dependencies import WithPool
from services.gateway.submissions.tables import EffectiveQuota, find_effective_quota
from services.gateway.website.rendering import render
from services.gateway.website.viewers import find_page_context
from shared.database import Pool

router = APIRouter(include_in_schema=False)
Quota = EffectiveQuota | PhaseRow


@dataclass(frozen=True)
class Rule:
    """One limit: on what, how much, and what happens when it is exceeded."""

    what: str
    value: str
    past: str


@dataclass(frozen=True)
class Ending:
    """One verdict: its name and explanation, who caused it, and what it costs of the quotas."""

    verdict: str
    sentence: str
    whose: str
    cost: str
    is_fatal: bool


@router.get("/c/{slug}/rules")
async def rules_page(slug: str, request: Request, pool: WithPool, caller: Anyone, phase: str | None = None) -> Response:
    """Show the rules of a phase, and how to take part in it."""
    page = await find_page_context(pool, caller, slug, phase)
    shown: dict[str, Any] = {}
    if page.phase:
        limits = Limits.model_validate(page.phase.limits)
        is_own = caller.competition_id == page.competition.id
        shown = {
            "study_time": say_time(limits.study_timeout_s),
            "studies": page.phase.n_boxes * page.phase.studies_per_box,
            "quotas": describe_quotas(await _quota(pool, page.phase, caller) if is_own else page.phase),
            "is_own": is_own,
            "rules": [*zip_rules(limits), *sandbox_rules(limits, page.phase.cpus)],
            "check": check_command(page.phase, limits),
        }
    return render(
        "rules.html.j2",
        page.viewer,
        competition=page.competition,
        phases=page.phases,
        phase=page.phase,
        shows_logs=page.shows_logs,
        reopened_at=page.reopened_at,
        endings=describe_endings(),
        environments=find_packages(page.phase.environments if page.phase else [DEFAULT_ENVIRONMENT]),
        example=read_example(),
        log_chars=LOG_CHARS,
        address=str(request.base_url).rstrip("/"),
        **shown,
    )


def find_packages(environments: Sequence[str]) -> dict[str, EnvironmentPackages | None]:
    """Return what is in a phase's environments; None for one that comes from elsewhere, whose packages nobody knows."""
    return {entry: list_packages().environments.get(environment_name(entry)) for entry in environments}


async def _quota(pool: Pool, phase: PhaseRow, caller: Caller) -> Quota:
    """Return the quotas of the viewer's team, which may have its own, else those of the phase."""
    return await find_effective_quota(pool, phase.id, caller.team_id) or phase


def describe_quotas(quota: Quota) -> list[str]:
    """Return a text for each quota that is set."""
    sentences = (
        (quota.attempts_per_day, "{} in any 24 hours, scored or failed"),
        (quota.scored_per_day, "{} in any 24 hours that were scored or are on the way"),
        (quota.active_submissions, "{} at once that have not ended"),
    )
    return [
        sentence.format(f"{limit:,} submission{'' if limit == 1 else 's'}")
        for limit, sentence in sentences
        if limit is not None
    ]


def zip_rules(limits: Limits) -> list[Rule]:
    """Return the limits on a zip."""
    refused = "The upload is refused, with the reason; it costs nothing."
    return [
        Rule("The zip", size_text(limits.zip_limit_bytes), refused),
        Rule("Files in the zip", f"{ZIP_FILES_LIMIT:,}", refused),
        Rule("The zip, unpacked", size_text(limits.unpacked_limit_bytes), refused),
    ]


def sandbox_rules(limits: Limits, cpus: int) -> list[Rule]:
    """Return the limits on what an optimizer may use in its container."""
    cut_off = f"The optimizer is cut off, and the study is marked as timed out: {WORTH}."
    fails = "The write or call fails, and your code has to handle the error."
    load = say_time(limits.study_timeout_s)
    return [
        Rule("Unpack, install wheels and import", load, say_verdict(Verdict.LOAD_TIMED_OUT)),
        Rule("Optimizer's time in a study: constructor, suggest, observe", say_time(limits.study_timeout_s), cut_off),
        Rule("Optimizer's time in an iteration", say_time(limits.iteration_timeout_s), cut_off),
        Rule("Memory; there is no swap", size_text(limits.memory_limit_bytes), say_verdict(Verdict.OUT_OF_MEMORY)),
        Rule("Files in /tmp, which count as memory", size_text(limits.tmp_limit_bytes), fails),
        Rule("Shared memory (/dev/shm)", size_text(SHARED_MEMORY_BYTES), fails),
        Rule("Files and folders, in the submission's folder and in /tmp", f"{INODES_LIMIT:,} each", fails),
        Rule("Open files", f"{OPEN_FILES_LIMIT:,}", fails),
        Rule("Processes and threads", f"{limits.pids_limit:,}", fails),
        Rule("Processors", str(cpus), "Nothing fails, but threads take turns. Numerical libraries are set to one."),
        Rule("Network", "none", "Connections fail."),
    ]


def describe_endings() -> list[Ending]:
    """Return every verdict in words."""
    whose = {
        Responsibility.TEAM: "your code",
        Responsibility.LIMIT: "a limit",
        Responsibility.PLATFORM: "the platform",
        None: "nobody",
    }
    costs = {
        Verdict.SCORED: "an attempt, scored",
        Verdict.CANCELLED: "an attempt, if a study was done",
        Verdict.PLATFORM_FAULT: "nothing",
    }
    return [
        Ending(
            verdict, meaning.sentence, whose[meaning.fault], costs.get(verdict, "an attempt"), verdict in FATAL_VERDICTS
        )
        for verdict, meaning in VERDICTS.items()
    ]


def check_command(phase: PhaseRow, limits: Limits) -> str:
    """Return the `arena check` command with an option for each value of the phase that is not the command's default."""
    options: list[str] = []
    if phase.environment_names[0] != DEFAULT_ENVIRONMENT:
        options += ["--environment", phase.environment_names[0]]
    for name in ("n_calls", "n_suggestions"):
        if getattr(phase, name) != Phase.model_fields[name].default:
            options += [f"--{name.replace('_', '-')}", str(getattr(phase, name))]
    if phase.parameter_names == "hidden":
        options.append("--hidden-names")
    for name, value in limits.model_dump().items():
        if value != Limits.model_fields[name].default:
            options += ["--limit", f"{name}={value:.15g}" if isinstance(value, float) else f"{name}={value}"]
    return shlex.join(["arena", "check", "my_optimizer", *options])


def say_verdict(verdict: Verdict) -> str:
    """Return the sentence that exceeding a limit ends the submission."""
    return f"The submission fails: {verdict}."


def say_time(seconds: float) -> str:
    """Return a time as readable text."""
    return f"{seconds:,.15g} s"


@cache
def read_example() -> str:
    """Return the optimizer that `arena new` writes."""
    return (START / "optimizer.py").read_text()
