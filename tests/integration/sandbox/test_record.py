"""What a study leaves on record beside its result, and what can be read while it runs."""

import asyncio
from pathlib import Path

import pytest
from aiodocker import Docker

from arena.sandbox.engine.containers import Engine
from arena.sandbox.engine.usage import parse_stats
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.slot import Slot
from arena.sandbox.study import Fatal
from arena.version import code_version
from arena.words.execution import Usage
from tests.support.sandbox.engine_watch import Watch
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.sandbox.studies import make_study
from tests.support.waiting import LIMIT_S, wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")
MEGABYTE = 1024**2


async def test_a_study_says_what_it_used_and_what_ran_it(slot: Slot, watch: Watch) -> None:
    hungry = "burn = [i * i for i in range(3_000_000)]; room = bytearray(150 * 1024**2)"
    plain = await slot.run_study(make_study(), make_optimizer())
    study = await slot.run_study(make_study(), make_optimizer(construct=hungry))

    assert study.usage.cpu_s is not None
    assert plain.usage.cpu_s is not None
    assert 0 < plain.usage.cpu_s < study.usage.cpu_s < 60
    assert study.usage.memory_peak_bytes is not None
    assert 150 * MEGABYTE < study.usage.memory_peak_bytes < 2048 * MEGABYTE
    images = [await watch.image_id(name) for name in ("arena-small:local", "arena-blackbox:local")]
    assert study.provenance is not None
    assert [study.provenance.optimizer_image, study.provenance.blackbox_image] == images
    assert study.provenance.code_version == code_version()
    assert study.provenance.runtime == "runc"


async def test_what_was_used_is_read_without_asking_the_engine(slot: Slot, runner_settings: SandboxSettings) -> None:
    container, _ = await slot.wait_warm()
    assert not isinstance(container, Exception)

    async with Docker(url="unix:///nonexistent/docker.sock") as docker:
        usage = await Engine(docker, runner_settings).read_usage(container, 5)

    assert usage.cpu_s
    assert usage.memory_peak_bytes


async def test_without_control_groups_the_engine_is_asked(
    slot: Slot, runner_settings: SandboxSettings, tmp_path: Path
) -> None:
    container, _ = await slot.wait_warm()
    assert not isinstance(container, Exception)

    async with Docker(url=runner_settings.engine_url) as docker:
        usage = await Engine(docker, runner_settings, control_groups=tmp_path).read_usage(container, LIMIT_S)

    assert usage.cpu_s is not None
    assert usage.memory_peak_bytes is not None
    assert usage.memory_peak_bytes > MEGABYTE
    assert parse_stats({}) == Usage()


async def test_an_engine_that_does_not_answer_is_not_waited_for(
    slot: Slot, runner_settings: SandboxSettings, tmp_path: Path
) -> None:
    container, _ = await slot.wait_warm()
    assert not isinstance(container, Exception)
    silent = await asyncio.start_unix_server(lambda *_: None, tmp_path / "docker.sock")

    async with silent, Docker(url=f"unix://{tmp_path}/docker.sock") as docker:
        assert await Engine(docker, runner_settings, control_groups=tmp_path).read_usage(container, 0.01) == Usage()


async def test_a_fatal_end_says_what_ran_it(slot: Slot) -> None:
    with pytest.raises(Fatal) as fatal:
        await slot.run_study(make_study(), make_optimizer(construct="raise RuntimeError"))
    assert fatal.value.provenance is not None
    assert fatal.value.usage.cpu_s


async def test_a_log_of_which_only_the_end_is_kept_says_so(slot: Slot) -> None:
    study = await slot.run_study(make_study(), make_optimizer(construct="print('x' * 200_000 + 'the end')"))

    mark, rest = study.log.split("\n", 1)
    assert mark.startswith("[The log is cut: of 200,0")
    assert rest.endswith("the end\n")


async def test_what_an_optimizer_writes_can_be_read_while_it_runs(slot: Slot) -> None:
    spec = make_study()
    chatty = "print('call', self.calls, file=sys.stderr, flush=True)"
    waits = "points = points if self.calls < 3 else time.sleep(600)"
    running = asyncio.create_task(slot.run_study(spec, make_optimizer(suggest=f"{chatty}\n{waits}")))

    async def third_call_is_written() -> bool:
        study = slot.running_study()
        return study is not None and study.spec is spec and b"call 3" in study.writing.stderr_since(0)

    await wait_until(third_call_is_written)
    study = slot.running_study()
    assert study is not None
    first, rest = study.writing.stderr_since(0).split(b"\n", 1)
    assert first == b"call 1"
    assert study.writing.stderr_since(len(first) + 1) == rest

    running.cancel()
    await asyncio.wait([running])
