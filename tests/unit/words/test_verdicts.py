"""The list of verdicts is complete: each has its sentence, each that is fatal is named so."""

from arena.words.verdicts import FATAL_VERDICTS, VERDICTS, Verdict


def test_every_verdict_has_a_sentence_for_the_team() -> None:
    assert set(VERDICTS) == set(Verdict)


def test_every_verdict_is_an_ending_of_its_own_or_fatal() -> None:
    assert set(Verdict) - FATAL_VERDICTS == {Verdict.SCORED, Verdict.CANCELLED, Verdict.PLATFORM_FAULT}
