"""Which shard this runner takes next.

While whatever comes fits, the broker pushes messages, as fast as slots get free. The first one that does not fit, since
others have the CPUs or the memory, goes back to its queue, where another runner finds it. From then on the classes take
turns: the one whose turn it is gets all that is free, and is waited for where it needs more, until no queue has any
message.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

import structlog

from services.runner.shard_run import StudySlot
from services.runner.slot_room import Place, SlotRoom
from shared.broker.connection import Broker
from shared.broker.errors import BrokerUnavailable
from shared.broker.queue_reader import Delivery, QueueReader
from shared.broker.topology import shard_queue
from shared.events import wait_for_any
from shared.messages import ShardReleased
from shared.shard_class import ShardClass

log = structlog.get_logger()

RESERVED_POLL_S = 1.0
"""A place is kept free for a message that waits; meanwhile another runner may have taken it."""
RETRY_S = 1.0


class ShardIntake:
    """Takes shards of the classes that are served, and never more than there are free slots for."""

    def __init__(
        self,
        broker: Broker,
        room: SlotRoom,
        serves: Callable[[], Sequence[ShardClass]],
        is_settled: Callable[[ShardReleased], bool],
        run: Callable[[ShardReleased, Sequence[StudySlot]], Awaitable[None]],
    ) -> None:
        self._broker = broker
        self._room = room
        self._serves = serves
        self._is_settled = is_settled
        self._run = run
        self._readers: dict[ShardClass, QueueReader] = {}
        self._turns: list[ShardClass] = []
        self._refused: list[tuple[QueueReader, Delivery]] = []
        self._is_contended = False
        self._stop = asyncio.Event()
        self._is_unsubscribed = False
        self._changed = asyncio.Event()
        self._tasks = asyncio.TaskGroup()

    def look(self) -> None:
        """See again which classes are served, and what is free."""
        self._changed.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Take shards until `stop`; return when those in hand have ended."""
        self._stop = stop
        try:
            async with self._tasks:
                while not stop.is_set():
                    self._changed.clear()
                    await wait_for_any(self._changed, stop, timeout_s=await self._look())
                await self._unsubscribe(self._readers)
                self._is_unsubscribed = True
                await self._give_back_refused()  # now, because what is in hand may take hours
        finally:
            await asyncio.gather(*(reader.close() for reader in self._readers.values()))

    async def _look(self) -> float | None:
        """Read what should be read now; returns when to look again though nothing changed."""
        served = list(self._serves())
        try:
            await self._open_readers(served)
            await self._unsubscribe(self._readers.keys() - served)
            if not self._is_contended:
                await self._subscribe(served)
                return None
            await self._unsubscribe(served)
            await self._give_back_refused()
            return await self._take_turns(served)
        except BrokerUnavailable as error:
            log.warning("no shards are taken now", error=repr(error))
            return RETRY_S

    async def _open_readers(self, served: Sequence[ShardClass]) -> None:
        for shard_class in served:
            if shard_class not in self._readers:
                self._readers[shard_class] = await self._broker.open_reader(shard_queue(shard_class))
                self._turns.append(shard_class)

    async def _subscribe(self, served: Sequence[ShardClass]) -> None:
        for shard_class in served:

            async def take(delivery: Delivery, shard_class: ShardClass = shard_class) -> None:
                await self._take(shard_class, delivery)

            await self._readers[shard_class].subscribe(take, self._room.count_places(shard_class))

    async def _unsubscribe(self, classes: Iterable[ShardClass]) -> None:
        await asyncio.gather(*(self._readers[each].unsubscribe() for each in classes))

    async def _take_turns(self, served: Sequence[ShardClass]) -> float | None:
        """Fill what is free, class by class; with nothing left to take, let the broker push again."""
        more_waits = False
        for shard_class in [each for each in self._turns if each in served]:
            reader, had_turn = self._readers[shard_class], False
            while self._room.has_place(shard_class) and (delivery := await reader.take()) is not None:
                had_turn = True
                await self._take(shard_class, delivery)
                if self._refused:  # it takes more than its class: a dispatcher that knows nothing of memory sent it
                    self._changed.clear()
                    return RESERVED_POLL_S
            if had_turn:
                self._turns.remove(shard_class)
                self._turns.append(shard_class)
            if not any(self._room.has_place(each) for each in served):
                return None
            if not self._room.has_place(shard_class) and await reader.count_waiting():
                if not had_turn:
                    return RESERVED_POLL_S
                more_waits = True
        if more_waits:
            return RESERVED_POLL_S
        self._is_contended = False
        await self._subscribe(served)
        return None

    async def _take(self, shard_class: ShardClass, delivery: Delivery) -> None:
        """Begin a shard that was delivered, or remember that it must go back."""
        reader = self._readers[shard_class]
        shard = await reader.parse(delivery)
        if not isinstance(shard, ShardReleased):
            return
        if self._stop.is_set():
            self._refused.append((reader, delivery))
            if self._is_unsubscribed:
                await self._give_back_refused()
        elif self._is_settled(shard):
            await reader.skip(delivery)
        elif (place := self._room.take(shard.shard_class)) is not None:
            self._tasks.create_task(self._settle(reader, delivery, shard, place))
        else:
            self._refuse(shard_class, reader, delivery)

    def _refuse(self, shard_class: ShardClass, reader: QueueReader, delivery: Delivery) -> None:
        """It goes back when its queue is not read, or it would come again at once; its class has the next turn."""
        self._refused.append((reader, delivery))
        self._is_contended = True
        self._turns.remove(shard_class)
        self._turns.insert(0, shard_class)
        self._changed.set()

    async def _give_back_refused(self) -> None:
        refused, self._refused = self._refused, []
        for reader, delivery in refused:
            await reader.give_back(delivery)

    async def _settle(self, reader: QueueReader, delivery: Delivery, shard: ShardReleased, place: Place) -> None:
        def release() -> None:
            self._room.give_back(place)
            if self._is_contended:
                self._changed.set()

        try:
            await reader.settle(delivery, lambda: self._run(shard, list(place.slots)), release)
        finally:
            release()
