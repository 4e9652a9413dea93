"""The control plane when studies cost nothing: executions per second, over those of others on the same servers."""

import statistics
from collections.abc import Sequence

from benchmarks.control_plane.arena_plane import EXECUTIONS, running_arena
from benchmarks.control_plane.celery_plane import running_celery
from benchmarks.control_plane.floor import running_floor
from benchmarks.figure import Figure
from benchmarks.reading.leaderboard import new_database
from benchmarks.stack.compose import broker_url, compose, postgres_url, stores_are_given

ROUNDS = 5
FLOOR_GOAL, CELERY_GOAL = 0.6, 6.0
CELERY_EXECUTIONS = 500
"""In a round, because it takes that much longer."""
RABBITMQCTL = ("exec", "-T", "rabbitmq", "/usr/lib/rabbitmq/bin/rabbitmqctl", "-q")
USER = "gateway"


async def control_plane() -> list[Figure]:
    """Measure executions per second from accepted to scored, in turns with the floor under it and with Celery.

    A first round of each warms it up. Ratios are the medians of those of the rounds.
    """
    if not stores_are_given():
        allow_everything()
    async with (
        new_database(postgres_url()) as of_arena,
        new_database(postgres_url()) as of_floor,
        new_database(postgres_url()) as of_celery,
        running_arena(of_arena, broker_url()) as arena,
        running_floor(of_floor, broker_url()) as floor,
        running_celery(of_celery, broker_url()) as celery,
    ):
        rounds = []
        for _ in range(1 + ROUNDS):
            rates = EXECUTIONS / await arena.execute(), EXECUTIONS / await floor.execute(EXECUTIONS)
            rounds.append((*rates, CELERY_EXECUTIONS / await celery.execute(CELERY_EXECUTIONS)))
    ours, floors, of_users = zip(*rounds[1:], strict=True)
    return [
        Figure("control plane: executions from accepted to scored", statistics.median(ours), "1/s", "", True),
        Figure("control plane: executions on its floor", statistics.median(floors), "1/s", "", True),
        Figure("control plane: executions on Celery", statistics.median(of_users), "1/s", "", True),
        *ratio("its floor", ours, floors, FLOOR_GOAL),
        *ratio("Celery", ours, of_users, CELERY_GOAL),
    ]


def ratio(over: str, ours: Sequence[float], theirs: Sequence[float], goal: float) -> list[Figure]:
    """Return the median of the rounds' ratios, and their spread."""
    found = [one / other for one, other in zip(ours, theirs, strict=True)]
    name, median = f"control plane over {over}", statistics.median(found)
    return [
        Figure(name, median, "ratio", f">= {goal:g}", median >= goal),
        Figure(f"{name}, lowest of {ROUNDS} rounds", min(found), "ratio", "", True),
        Figure(f"{name}, highest of {ROUNDS} rounds", max(found), "ratio", "", True),
    ]


def allow_everything() -> None:
    """Let the stack's broker user have queues of others than Arena."""
    compose(*RABBITMQCTL, "set_permissions", USER, ".*", ".*", ".*")
    compose(*RABBITMQCTL, "clear_topic_permissions", USER)
