"""What an optimizer writes, streamed to those who asked for it."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from arena.sandbox.study import RunningStudy
from services.runner.log_streaming import LogStreams
from services.runner.study_messages import execution_name
from shared.messages import HeldShard, LogStreamRequested, LogWritten
from tests.support.sandbox.studies import make_study


@dataclass
class Written:
    """Stands for a container's standard error, of which the first `lost` bytes are no longer kept."""

    content: bytes = b""
    lost: int = 0

    @property
    def stderr_bytes(self) -> int:
        return len(self.content)

    def stderr_since(self, position: int) -> bytes:
        return self.content[max(position, self.lost) :]


class Execution:
    """An attempt at a shard whose study runs, and what its optimizer has written."""

    def __init__(self) -> None:
        self.held = HeldShard(shard_id=uuid.uuid4(), attempt=1)
        self.written = Written()
        self.running = RunningStudy(replace(make_study(), execution=execution_name(self.held)), self.written)

    def request(self, reader: uuid.UUID, expires_in_s: float = 60) -> LogStreamRequested:
        return LogStreamRequested(stream_id=reader, expires_in_s=expires_in_s, **self.held.model_dump())


@asynccontextmanager
async def streaming(execution: Execution) -> AsyncIterator[tuple[LogStreams, "asyncio.Queue[LogWritten]"]]:
    """Log streams of a runner in whose slots this execution's study is the last that began."""
    sent: asyncio.Queue[LogWritten] = asyncio.Queue()
    streams, stop = LogStreams(lambda _: execution.running, sent.put), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(streams.run(stop))
        yield streams, sent
        stop.set()


async def test_all_that_is_written_is_sent_in_parts_without_control_characters() -> None:
    execution, reader = Execution(), uuid.uuid4()
    execution.written.content = "call 1 \x1b[31mé".encode()[:-1]
    async with streaming(execution) as (streams, sent):
        streams.request(execution.request(reader))
        first = await sent.get()
        execution.written.content = "call 1 \x1b[31mé and more".encode()
        second = await sent.get()

    assert (first.stream_id, first.study, first.text) == (reader, 0, "call 1 ")
    assert second.text == "é and more"


async def test_what_came_faster_than_it_is_kept_is_marked_as_left_out() -> None:
    execution, reader = Execution(), uuid.uuid4()
    execution.written.content = b"first"
    async with streaming(execution) as (streams, sent):
        streams.request(execution.request(reader))
        first = await sent.get()
        execution.written.lost = 2000
        execution.written.content = b"first" + b"x" * 1995 + b"last"
        second = await sent.get()

    assert first.text == "first"
    assert second.text == "[1,995 bytes that came too fast are left out here.]\nlast"


async def test_nothing_of_another_execution_is_sent() -> None:
    execution, other = Execution(), Execution()
    execution.written.content = b"a secret of this one"
    async with streaming(execution) as (streams, sent):
        streams.request(other.request(uuid.uuid4()))
        await streams.send_last(other.held)

        assert sent.empty()


async def test_who_needs_it_no_more_gets_nothing() -> None:
    execution, reader = Execution(), uuid.uuid4()
    async with streaming(execution) as (streams, sent):
        streams.request(execution.request(reader))
        streams.request(execution.request(reader, expires_in_s=0))
        execution.written.content = b"too late"
        await asyncio.sleep(0)

        assert sent.empty()
