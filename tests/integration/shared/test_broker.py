"""The one consumer loop: what passes, what is tried again, what is set aside."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import asyncpg

from shared.broker.connection import Broker
from shared.broker.consumer import Handler
from shared.broker.topology import DEAD, SUBMISSIONS
from shared.database import Pool
from shared.messages import Message, SubmissionAccepted
from shared.outbox import Outbox
from shared.tracing.context import new_traceparent
from tests.support.waiting import limited, wait_until


async def consume_until_dead_letters(broker: Broker, handle: Handler, number: int) -> None:
    """Run the loop until so many messages are set aside and none waits."""
    stop = asyncio.Event()

    async def is_done() -> bool:
        return await broker.count_waiting(DEAD) == number and await broker.count_waiting(SUBMISSIONS) == 0

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(broker.consume(SUBMISSIONS, handle, stop, prefetch=10, batch=10))
        try:
            await wait_until(is_done, what=f"{number} dead letters")
        finally:
            stop.set()


async def test_one_message_that_cannot_be_handled_does_not_take_its_batch_with_it(broker: Broker) -> None:
    ids = [uuid4() for _ in range(5)]
    handled: set[UUID] = set()

    async def handle(messages: Sequence[SubmissionAccepted]) -> None:
        if any(message.submission_id == ids[2] for message in messages):
            raise ValueError("this one is broken")
        handled.update(message.submission_id for message in messages)

    await broker.publish([SubmissionAccepted(submission_id=each) for each in ids])
    await consume_until_dead_letters(broker, handle, 1)

    assert handled == {*ids} - {ids[2]}
    (letter,) = await broker.dead_letters.peek(10)
    assert str(ids[2]) in letter.body
    assert "this one is broken" in (letter.reason or "")


async def test_what_fails_because_a_part_is_unavailable_is_tried_again(broker: Broker) -> None:
    attempts = 0
    stop = asyncio.Event()

    async def handle(_: Sequence[SubmissionAccepted]) -> None:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise ConnectionRefusedError("the database is unavailable")
        stop.set()

    await broker.publish([SubmissionAccepted(submission_id=uuid4())])
    async with limited():
        await broker.consume(SUBMISSIONS, handle, stop, prefetch=1)

    assert attempts == 3
    assert (await broker.count_waiting(SUBMISSIONS), await broker.count_waiting(DEAD)) == (0, 0)


async def test_what_was_delivered_and_not_handled_goes_back_at_the_end(broker: Broker) -> None:
    stop = asyncio.Event()

    async def handle(_: Sequence[SubmissionAccepted]) -> None:
        stop.set()

    await broker.publish([SubmissionAccepted(submission_id=uuid4()) for _ in range(5)])
    async with limited():
        await broker.consume(SUBMISSIONS, handle, stop, prefetch=5)

    async def are_back() -> bool:
        return await broker.count_waiting(SUBMISSIONS) == 4

    await wait_until(are_back, what="the four that were not handled wait again")


async def test_a_message_committed_with_its_change_is_published_and_one_rolled_back_is_not(
    broker: Broker, pool: Pool
) -> None:
    outbox = Outbox(pool, broker)
    stop = asyncio.Event()

    async with pool.acquire() as connection:
        async with connection.transaction():
            await outbox.put(connection, [SubmissionAccepted(submission_id=uuid4())])
        transaction = connection.transaction()
        await transaction.start()
        await outbox.put(connection, [SubmissionAccepted(submission_id=uuid4())])
        await transaction.rollback()

    async def is_published() -> bool:
        return await broker.count_waiting(SUBMISSIONS) > 0

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(outbox.run_relay(stop))
        await wait_until(is_published, what="published")
        stop.set()

    assert await broker.count_waiting(SUBMISSIONS) == 1
    assert await pool.fetchval("select count(*) from outbox") == 0


async def test_a_dead_letter_is_found_while_others_look_at_the_queue(broker: Broker) -> None:
    message = SubmissionAccepted(submission_id=uuid4())

    async def refuse(_: Sequence[SubmissionAccepted]) -> None:
        raise ValueError("broken")

    await broker.publish([message])
    await consume_until_dead_letters(broker, refuse, 1)
    (letter,) = await broker.dead_letters.peek(10)

    *looks, retried = await asyncio.gather(
        *(broker.dead_letters.peek(10) for _ in range(20)), broker.retry_dead_letter(letter.id, 10)
    )

    assert retried
    assert looks == [[letter]] * 20


async def test_a_dead_letter_that_is_tried_again_still_belongs_to_its_trace(broker: Broker) -> None:
    traceparent, heard, stop = new_traceparent(), list[str | None](), asyncio.Event()

    async def refuse(_: Sequence[SubmissionAccepted]) -> None:
        raise ValueError("broken")

    async def hear(messages: Sequence[SubmissionAccepted]) -> None:
        heard.extend(message.traceparent for message in messages)
        stop.set()

    await broker.publish([SubmissionAccepted(submission_id=uuid4()).following(traceparent)])
    await consume_until_dead_letters(broker, refuse, 1)
    (letter,) = await broker.dead_letters.peek(10)
    await broker.retry_dead_letter(letter.id, 10)
    async with limited():
        await broker.consume(SUBMISSIONS, hear, stop, prefetch=1)

    assert heard == [traceparent]


async def test_a_queue_whose_messages_cannot_be_handled_now_is_why_the_service_is_not_ready(broker: Broker) -> None:
    stop, has_room = asyncio.Event(), asyncio.Event()

    async def handle(_: Sequence[Message]) -> None:
        if not has_room.is_set():
            raise asyncpg.DiskFullError("could not extend file: No space left on device")
        stop.set()

    async def says_why() -> bool:
        return "messages of arena.submissions wait: could not extend file" in str(await broker.check())

    async with limited(), asyncio.TaskGroup() as tasks:
        tasks.create_task(broker.consume(SUBMISSIONS, handle, stop, prefetch=1))
        await broker.publish([SubmissionAccepted(submission_id=uuid4())])
        await wait_until(says_why, what="the broker's check says why")
        has_room.set()

    assert await broker.check() is None
