"""The limits on an optimizer's own time, past which it is cut off, and what its study is worth then."""

from enum import StrEnum

WORTH = "the best found before counts, and a study in which nothing was found scores 0"


class TimeLimit(StrEnum):
    """Which limit cut an optimizer off: that of one iteration, or that of the whole study."""

    ITERATION = "iteration"
    STUDY = "study"


def cut_off_text(studies: int, limit: TimeLimit, seconds: float) -> str:
    """Return how many studies were cut off by this limit of so many seconds, and what they are worth."""
    those = "1 study was" if studies == 1 else f"{studies} studies were"
    one = {TimeLimit.ITERATION: "an iteration", TimeLimit.STUDY: "a study"}[limit]
    return f"{those} cut off by the limit of {seconds:g} s for {one}: {WORTH}."
