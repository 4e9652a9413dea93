"""Whose fault the end of an optimizer's container is."""

import pytest

from arena.sandbox.engine.death import Death, explain_death
from arena.sandbox.study import Fatal, InfrastructureFailure
from arena.words.verdicts import Verdict


def explain(death: Death, attempt: int = 1) -> Fatal | InfrastructureFailure:
    return explain_death(death, "farewell", memory_limit_bytes=1000, attempt=attempt)


@pytest.mark.parametrize(
    "death", [Death("still_running"), Death("killed_from_outside", 137), Death("exited", 137)], ids=str
)
def test_what_the_host_may_have_done_is_no_verdict(death: Death) -> None:
    assert isinstance(explain(death), InfrastructureFailure)


def test_a_kill_that_nobody_explains_is_the_teams_in_the_end() -> None:
    ended = explain(Death("exited", 137), attempt=3)

    assert isinstance(ended, Fatal)
    assert ended.verdict == Verdict.PROCESS_DIED


@pytest.mark.parametrize(
    ("death", "verdict", "detail"),
    [
        (Death("out_of_memory", 137), Verdict.OUT_OF_MEMORY, "at most 1000 bytes"),
        (Death("exited", 7), Verdict.PROCESS_DIED, "exit code 7; its last words: farewell"),
    ],
    ids=str,
)
def test_what_the_teams_code_did_is_its_verdict(death: Death, verdict: Verdict, detail: str) -> None:
    ended = explain(death)

    assert isinstance(ended, Fatal)
    assert ended.verdict == verdict
    assert detail in ended.detail
