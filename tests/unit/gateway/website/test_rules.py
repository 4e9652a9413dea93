"""How the rules page says what the settings are."""

from types import SimpleNamespace
from typing import Any

from arena.words.limits import Limits
from arena.words.verdicts import VERDICTS
from services.gateway.website.rules import check_command, describe_endings, sandbox_rules, zip_rules

PHASE: Any = SimpleNamespace(
    parameter_names="visible", n_calls=16, n_suggestions=8, environment_names=["small", "modern"]
)


def test_the_check_has_an_option_for_whatever_differs_from_what_it_assumes() -> None:
    assert check_command(PHASE, Limits()) == "arena check my_optimizer"
    phase: Any = SimpleNamespace(
        parameter_names="visible", n_calls=5, n_suggestions=1, environment_names=["modern", "small"]
    )
    assert check_command(phase, Limits(study_timeout_s=1234567.5, pids_limit=9)) == (
        "arena check my_optimizer --environment modern "
        "--n-calls 5 --n-suggestions 1 --limit study_timeout_s=1234567.5 --limit pids_limit=9"
    )


def test_every_limit_of_a_phase_is_told() -> None:
    limits = Limits(
        study_timeout_s=101,
        iteration_timeout_s=102,
        memory_limit_bytes=103 * 1024**2,
        unpacked_limit_bytes=104 * 1024**2,
        tmp_limit_bytes=105 * 1024**2,
        pids_limit=106,
        zip_limit_bytes=107 * 1024**2,
    )
    told = " ".join(rule.value for rule in [*zip_rules(limits), *sandbox_rules(limits, 1)])
    assert len(Limits.model_fields) == 7
    assert all(str(number) in told for number in range(101, 108))


def test_every_verdict_is_told() -> None:
    assert [ending.verdict for ending in describe_endings()] == list(VERDICTS)
