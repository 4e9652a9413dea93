"""Makes attempts at what waits in a table, until the gateway stops. What is slow holds up nothing else."""

import asyncio
from collections.abc import Collection
from typing import Protocol, TypeVar

import structlog

from shared.database import TRANSIENT_ERRORS
from shared.events import wait_for_any

log = structlog.get_logger()
POLL_S = 1.0
MEASURE_EVERY_S = 15.0
DueT = TypeVar("DueT")


class Waiting(Protocol[DueT]):
    """What waits, such as e-mails; of what is taken no other gateway takes anything, for a time."""

    name: str
    at_once: int

    async def take_due(self, in_hand: Collection[DueT], free: int) -> list[DueT]:
        """Return up to `free` of what is due, beside what is `in_hand`."""

    async def attempt(self, due: DueT) -> None:
        """Make one attempt, and record what came of it."""

    async def measure(self) -> None:
        """Measure what waits, and delete what is old."""


async def run_relay(waiting: Waiting[DueT], stop: asyncio.Event) -> None:
    """Make attempts, at most `at_once` side by side, until `stop`. Any number of gateways may do so."""
    in_hand: set[DueT] = set()
    ended, clock = asyncio.Event(), asyncio.get_running_loop().time
    measure_at = clock()

    async def attempt(due: DueT) -> None:
        try:
            await waiting.attempt(due)
        except TRANSIENT_ERRORS as error:
            # It is due again when its lease ends.
            log.warning(f"{waiting.name} wait for the database", error=repr(error))
        finally:
            in_hand.discard(due)
            ended.set()

    async with asyncio.TaskGroup() as attempts:
        while not stop.is_set():
            ended.clear()
            try:
                if free := waiting.at_once - len(in_hand):
                    for due in await waiting.take_due(in_hand, free):
                        in_hand.add(due)
                        attempts.create_task(attempt(due))
                if clock() >= measure_at:
                    measure_at = clock() + MEASURE_EVERY_S
                    await waiting.measure()
            except TRANSIENT_ERRORS as error:
                log.warning(f"{waiting.name} wait for the database", error=repr(error))
            await wait_for_any(ended, stop, timeout_s=POLL_S)
