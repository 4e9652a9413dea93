"""Counters of the whole platform."""

from arena.api.body import Body, example


class Counters(Body):
    """What all teams have made the platform do in public phases so far.

    `evaluations` are trainings of a model. `cpu_s` are seconds of a CPU that runners had the executions of submissions
    that have ended; the dispatcher counts it a little after the end.
    """

    model_config = example(
        competitions=1, teams=70, submissions=3608, studies=1082400, evaluations=138547200, cpu_s=326921000.0
    )
    competitions: int
    teams: int
    submissions: int
    studies: int
    evaluations: int
    cpu_s: float
