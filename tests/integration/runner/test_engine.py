"""The engine's edge: the sandbox as seen from inside, readiness, leftovers."""

import pytest

from services.runner.engine import Engine, InfrastructureFailure, connect_engine
from services.runner.sandbox import blackbox_config, find_faults, optimizer_config
from shared.messages import Limits
from shared.settings import Settings

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_sandbox_seen_from_inside_is_closed(engine: Engine, runner_settings: Settings) -> None:
    limits = Limits(unpacked_limit_bytes=30 * 1024**2, tmp_limit_bytes=10 * 1024**2)
    container = await engine.start(optimizer_config(runner_settings, limits, cpu=1))
    facts = (await container.request({"do": "facts"})).facts
    await engine.discard(container)

    assert facts is not None
    assert find_faults(facts, 1, runner_settings.runtime) == []
    assert facts["file_size_limit"] == 30 * 1024**2
    mounts = {mountpoint: (kind, options.split(",")) for _, mountpoint, kind, options in facts["mounts"]}
    for folder, size in (("/submission", "30720k"), ("/tmp", "10240k")):  # noqa: S108 - inside the sandbox
        kind, options = mounts[folder]
        assert kind == "tmpfs"
        assert {"nosuid", "nodev", f"size={size}"} <= set(options)
    assert "ro" in mounts["/"][1]
    assert not [name for name in facts["environment"] if name.startswith(("ARENA", "DOCKER", "AMQP", "PG"))]


async def test_runner_is_ready_when_images_disk_and_sandbox_are(engine: Engine) -> None:
    assert await engine.check() is None


async def test_runner_without_its_images_says_which_is_missing(runner_settings: Settings) -> None:
    lacking = runner_settings.model_copy(update={"optimizer_image": "arena-no-such-image:local"})
    async with connect_engine(lacking) as engine:
        assert "arena-no-such-image" in (await engine.check() or "")


async def test_runner_with_little_disk_left_says_so(runner_settings: Settings) -> None:
    full = runner_settings.model_copy(update={"disk_free_limit_bytes": 2**62})
    async with connect_engine(full) as engine:
        assert "disk low" in (await engine.check() or "")


async def test_runner_without_an_engine_is_not_ready_and_fails_as_infrastructure(runner_settings: Settings) -> None:
    alone = runner_settings.model_copy(update={"engine_url": "unix:///nonexistent/docker.sock"})
    async with connect_engine(alone) as engine:
        assert "engine" in (await engine.check() or "")
        with pytest.raises(InfrastructureFailure):
            await engine.start(blackbox_config(alone, cpu=0))


async def test_runner_removes_its_own_leftovers_and_nobody_elses(runner_settings: Settings) -> None:
    mine = runner_settings.model_copy(update={"runner_id": f"{runner_settings.runner_id}-mine"})
    other = runner_settings.model_copy(update={"runner_id": f"{runner_settings.runner_id}-other"})
    async with connect_engine(mine) as engine, connect_engine(other) as neighbour:
        await engine.start(optimizer_config(mine, Limits(), cpu=0))
        kept = await neighbour.start(optimizer_config(other, Limits(), cpu=1))

        assert await engine.remove_leftovers() == 1
        assert await engine.remove_leftovers() == 0
        assert await neighbour.is_running(kept)
        assert await neighbour.remove_leftovers() == 1
