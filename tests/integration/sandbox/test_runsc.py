"""Studies and the self-test under gVisor's runsc, as `ARENA_SANDBOX_RUNTIME=runsc` runs them."""

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from arena.sandbox.container_config import Cpu
from arena.sandbox.engine.containers import Engine
from arena.sandbox.readiness import SandboxReadiness
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.slot import Slot
from arena.sandbox.study import Fatal
from arena.words.verdicts import Verdict
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.sandbox.own_engine import own_engine
from tests.support.sandbox.runsc import runsc_runtime
from tests.support.sandbox.studies import make_study
from tests.support.stack import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def runner_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxSettings]:
    """Settings of an owner whose containers runsc runs."""
    runtimes = runsc_runtime(tmp_path_factory.mktemp("runsc"))
    with own_engine(ROOT / ".arena" / "own-engine", runtimes=runtimes) as own:
        own.load()
        yield SandboxSettings(f"test-{uuid.uuid4().hex}", engine_url=own.url, sandbox_runtime="runsc", share_cpus=True)


async def test_the_self_test_holds_under_runsc(readiness: SandboxReadiness) -> None:
    assert await readiness.check(thorough=True) is None
    assert "small" in readiness.environments


@pytest.mark.parametrize("box", [("RF", "iris", "nll"), ("MLP-adam", "diabetes", "mse"), ("kNN", "wine", "nll")])
async def test_losses_under_runsc_are_those_of_runc_bit_for_bit(
    slot: Slot, engine: Engine, runner_settings: SandboxSettings, box: tuple[str, str, str]
) -> None:
    spec = make_study(box)
    under_runsc = await slot.run_study(spec, make_optimizer())
    own = replace(runner_settings, sandbox_runtime="runc")
    async with Slot(engine, SelfTest(engine, own), own, Cpu(0)) as other:
        under_runc = await other.run_study(spec, make_optimizer())

    assert under_runsc.provenance is not None
    assert under_runsc.provenance.runtime == "runsc"
    assert under_runsc.suggestions == under_runc.suggestions
    assert (under_runsc.visible, under_runsc.generalization) == (under_runc.visible, under_runc.generalization)


async def test_an_optimizer_under_runsc_sees_gvisors_kernel(slot: Slot) -> None:
    study = await slot.run_study(make_study(), make_optimizer(construct="print(open('/proc/version').read())"))

    assert "Linux version 4.4.0" in study.log, "what gVisor says that it is"


async def test_an_optimizer_under_runsc_has_threads(slot: Slot) -> None:
    threads = "import threading\nfor _ in range(8):\n    threading.Thread(target=time.sleep, args=(0.01,)).start()"
    study = await slot.run_study(make_study(), make_optimizer(suggest=threads))

    assert study.suggest_errors == 0, study.log


MEMORY = "taken = []\nwhile True:\n    taken.append(b'x' * 1024**2)"
FORKS = "while True:\n    if os.fork() == 0:\n        time.sleep(600)"


@pytest.mark.parametrize("attack", [MEMORY, FORKS], ids=["memory", "forks"])
async def test_what_takes_too_much_under_runsc_ends_and_the_next_study_runs(slot: Slot, attack: str) -> None:
    with pytest.raises(Fatal) as raised:
        await slot.run_study(make_study(memory_limit_bytes=1024**3), make_optimizer(suggest=attack))

    assert raised.value.verdict in {Verdict.OUT_OF_MEMORY, Verdict.PROCESS_DIED}, "which limit is met first"
    await slot.run_study(make_study(), make_optimizer())
