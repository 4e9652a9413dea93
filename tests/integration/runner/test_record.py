"""What a study leaves on record beside its result, and what can be read along while it runs."""

import asyncio
import time
import uuid
from pathlib import Path

import pytest
from aiodocker import Docker

from arena.sandbox.engine import Engine
from arena.sandbox.relay import Fatal
from arena.sandbox.running_study import RunningStudy
from arena.sandbox.slot import Slot
from arena.sandbox.usage import parse_stats
from arena.version import code_version
from arena.words.execution import Usage
from services.runner.log_streaming import LogStreams
from shared.messages import HeldShard, LogFollowed, LogWritten
from shared.settings import Settings
from tests.support.sandbox.engine_watch import Watch
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.sandbox.shards import TASK, make_shard

pytestmark = pytest.mark.asyncio(loop_scope="module")
MEGABYTE = 1024**2


async def test_a_study_says_what_it_used_and_what_ran_it(slot: Slot, watch: Watch) -> None:
    hungry = "burn = [i * i for i in range(3_000_000)]; room = bytearray(150 * 1024**2)"
    plain = await slot.run_study(make_shard(), TASK, make_optimizer())
    study = await slot.run_study(make_shard(), TASK, make_optimizer(construct=hungry))

    assert study.usage.cpu_s is not None
    assert plain.usage.cpu_s is not None
    assert 0 < plain.usage.cpu_s < study.usage.cpu_s < 60
    assert study.usage.memory_peak_bytes is not None
    assert 150 * MEGABYTE < study.usage.memory_peak_bytes < 2048 * MEGABYTE
    images = [await watch.image_id(name) for name in ("arena-optimizer:local", "arena-blackbox:local")]
    assert study.provenance is not None
    assert [study.provenance.optimizer_image, study.provenance.blackbox_image] == images
    assert study.provenance.code_version == code_version()
    assert study.provenance.runtime == "runc"


async def test_what_was_used_costs_a_study_less_than_ten_milliseconds(slot: Slot, engine: Engine) -> None:
    running = asyncio.create_task(slot.run_study(make_shard(), TASK, make_optimizer(suggest="time.sleep(600)")))
    container = await asyncio.shield(slot._blackbox)
    assert not isinstance(container, Exception)

    started = time.perf_counter()
    for _ in range(10):
        assert (await engine.read_usage(container, 0.01)).cpu_s
    assert (time.perf_counter() - started) / 10 < 0.01

    running.cancel()
    await asyncio.wait([running])


async def test_without_control_groups_the_engine_is_asked_and_never_waited_for(
    slot: Slot, runner_settings: Settings, tmp_path: Path
) -> None:
    container = await asyncio.shield(slot._blackbox)
    assert not isinstance(container, Exception)

    async with Docker(url=runner_settings.engine_url) as docker:
        engine = Engine(docker, runner_settings, control_groups=tmp_path)
        usage = await engine.read_usage(container, 5)
        started = time.perf_counter()
        await engine.read_usage(container, 0.01)
        assert time.perf_counter() - started < 0.1
    assert usage.cpu_s is not None
    assert usage.memory_peak_bytes is not None
    assert usage.memory_peak_bytes > MEGABYTE
    assert parse_stats({}) == Usage()


async def test_a_fatal_end_says_what_ran_it(slot: Slot) -> None:
    with pytest.raises(Fatal) as fatal:
        await slot.run_study(make_shard(), TASK, make_optimizer(construct="raise RuntimeError"))
    assert fatal.value.provenance is not None
    assert fatal.value.usage.cpu_s


async def test_a_running_log_is_sent_to_who_follows_and_to_nobody_else(slot: Slot) -> None:
    shard = make_shard()
    held = HeldShard(shard_id=shard.shard_id, attempt=1)
    sent: asyncio.Queue[LogWritten] = asyncio.Queue()
    chatty = "print('call', self.calls, '\\x1b[31m', file=sys.stderr, flush=True)"
    waits = "points = points if self.calls < 3 else time.sleep(600)"
    others = HeldShard(shard_id=uuid.uuid4(), attempt=1)

    def read(_: HeldShard) -> RunningStudy | None:
        return slot.running_study()

    followers = LogStreams(read, sent.put)
    stop = asyncio.Event()
    running = asyncio.create_task(slot.run_study(shard, TASK, make_optimizer(suggest=f"{chatty}\n{waits}")))
    loop = asyncio.create_task(followers.run(stop))
    mine, theirs = uuid.uuid4(), uuid.uuid4()
    for follower, followed in ((mine, held), (theirs, others)):
        followers.hear(LogFollowed(follower=follower, expires_in_s=60, **followed.model_dump()))

    text = ""
    async with asyncio.timeout(60):
        while "call 3" not in text:
            message = await sent.get()
            assert message.follower == mine
            assert message.study == TASK.study
            text += message.text
    assert [line.split()[:2] for line in text.strip().splitlines()] == [["call", str(n)] for n in (1, 2, 3)]
    assert "\x1b" not in text

    followers.hear(LogFollowed(follower=mine, expires_in_s=0, **held.model_dump()))
    running.cancel()
    await asyncio.wait([running])
    stop.set()
    await loop
    assert sent.empty()
