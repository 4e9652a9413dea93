"""Studies that end a submission, and the platform's own failures, on the real engine."""

import asyncio
from dataclasses import replace

import pytest

from arena.sandbox.container_config import Cpu
from arena.sandbox.engine.container import Container
from arena.sandbox.engine.containers import Engine
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.slot import Slot
from arena.sandbox.study import Fatal, InfrastructureFailure
from arena.words.states import Stage
from arena.words.verdicts import Verdict
from tests.support.sandbox.engine_watch import Watch
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.sandbox.studies import make_study
from tests.support.waiting import wait_until
from tests.support.zips import pack

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALL_DESCRIPTORS = "for fd in range(3, 30):\n    try: os.write(fd, {0})\n    except OSError: pass"
FATAL = {
    "not a zip": (b"PK nonsense", Verdict.DOES_NOT_LOAD, "zip"),
    "no optimizer.py": (pack({"other.py": ""}), Verdict.DOES_NOT_LOAD, "optimizer.py"),
    "syntax error": (pack({"optimizer.py": "def"}), Verdict.DOES_NOT_LOAD, "SyntaxError"),
    "missing import": (make_optimizer(module="import nosuchmodule"), Verdict.DOES_NOT_LOAD, "nosuchmodule"),
    "exit on import": (make_optimizer(module="sys.exit(0)"), Verdict.DOES_NOT_LOAD, "SystemExit"),
    "no class": (pack({"optimizer.py": "x = 1"}), Verdict.DOES_NOT_LOAD, "found none"),
    "two classes": (
        make_optimizer(module="class Other(AbstractOptimizer): pass"),
        Verdict.DOES_NOT_LOAD,
        "found 2",
    ),
    "bad wheel": (
        pack({"optimizer.py": "", "x-1-py3-none-any.whl": b"no wheel"}),
        Verdict.DOES_NOT_LOAD,
        "wheel",
    ),
    "constructor raises": (
        make_optimizer(construct="raise ValueError('bad space \\x00 \\ud800')"),
        Verdict.CONSTRUCTOR_RAISED,
        "bad space",
    ),
    "process exits": (
        make_optimizer(suggest="print('farewell', flush=True); os._exit(7)"),
        Verdict.PROCESS_DIED,
        "exit code 7; its last words: farewell",
    ),
    "process exits during load": (make_optimizer(module="os._exit(3)"), Verdict.PROCESS_DIED, "exit code 3"),
    "segmentation fault": (
        make_optimizer(observe="import ctypes; ctypes.string_at(0)"),
        Verdict.PROCESS_DIED,
        "exit code 139",
    ),
    "wrong id": (
        make_optimizer(suggest=ALL_DESCRIPTORS.format(repr(b'{"id": 99}\n'))),
        Verdict.PROTOCOL_BROKEN,
        "99",
    ),
    "not JSON": (make_optimizer(suggest=ALL_DESCRIPTORS.format(repr(b"hello\n"))), Verdict.PROTOCOL_BROKEN, "hello"),
    "endless line": (
        make_optimizer(
            suggest="while True:\n"
            "    for fd in (3, 4, 5, 6):\n        try: os.write(fd, b'x' * 65536)\n        except OSError: pass"
        ),
        Verdict.OUTPUT_FLOOD,
        "a line of at most",
    ),
    "stderr flood": (
        make_optimizer(suggest="while True: os.write(2, b'x' * 65536)"),
        Verdict.OUTPUT_FLOOD,
        "on stderr",
    ),
    "closed streams": (make_optimizer(suggest="os.closerange(0, 30)"), Verdict.PROCESS_DIED, "exit code 1"),
    "out of range": (
        make_optimizer(suggest="points[1]['max_depth'] = 99"),
        Verdict.OUT_OF_RANGE,
        "max_depth = 99: expected a whole number from 1 to 15.",
    ),
    "not a number": (
        make_optimizer(suggest="points[2]['max_features'] = float('nan')"),
        Verdict.OUT_OF_RANGE,
        "max_features = nan",
    ),
    "infinite": (
        make_optimizer(suggest="points[2]['max_features'] = float('inf')"),
        Verdict.OUT_OF_RANGE,
        "max_features = inf",
    ),
    "missing parameter": (make_optimizer(suggest="del points[0]['max_depth']"), Verdict.OUT_OF_RANGE, "max_depth"),
    "no scalar": (make_optimizer(suggest="points[0]['max_depth'] = [3]"), Verdict.OUT_OF_RANGE, "got a list"),
    "none for a value": (make_optimizer(suggest="points[0]['max_depth'] = None"), Verdict.OUT_OF_RANGE, "NoneType"),
    "no dict": (make_optimizer(suggest="points[0] = 3"), Verdict.OUT_OF_RANGE, "expected a dict"),
    "too few": (make_optimizer(suggest="points = points[1:]"), Verdict.WRONG_COUNT, "expected 4 points, got 3"),
    "too many": (make_optimizer(suggest="points = points * 2"), Verdict.WRONG_COUNT, "expected 4 points, got 8"),
    "nothing": (make_optimizer(suggest="points = None"), Verdict.WRONG_COUNT, "got no list"),
}


@pytest.mark.parametrize(("zip_bytes", "verdict", "detail"), FATAL.values(), ids=FATAL.keys())
async def test_bad_optimizer_gets_its_verdict(slot: Slot, zip_bytes: bytes, verdict: Verdict, detail: str) -> None:
    with pytest.raises(Fatal) as fatal:
        await slot.run_study(make_study(), zip_bytes)

    assert fatal.value.verdict is verdict, fatal.value.detail
    assert detail in fatal.value.detail
    fatal.value.detail.encode()  # is text that any store takes
    assert "\x00" not in fatal.value.detail


async def test_optimizer_that_needs_too_much_memory_is_out_of_memory(slot: Slot) -> None:
    hungry = make_optimizer(suggest="self.memory = [bytearray(10_000_000) for _ in range(100)]")

    with pytest.raises(Fatal) as fatal:
        await slot.run_study(make_study(memory_limit_bytes=256 * 1024**2), hungry)

    assert fatal.value.verdict is Verdict.OUT_OF_MEMORY


async def test_zip_that_never_finishes_loading_does_not_load(slot: Slot) -> None:
    with pytest.raises(Fatal) as fatal:
        await slot.run_study(make_study(study_timeout_s=1), make_optimizer(module="time.sleep(600)"))

    assert fatal.value.verdict is Verdict.LOAD_TIMED_OUT


async def test_a_verdict_says_at_which_stage_and_iteration_it_fell_and_keeps_the_log(slot: Slot) -> None:
    code = "print('\\x1b[31mred\\x1b[0m', 'x' * 10)\nif self.calls == 2: os._exit(5)"

    with pytest.raises(Fatal) as fatal:
        await slot.run_study(make_study(), make_optimizer(suggest=code))

    assert (fatal.value.stage, fatal.value.iteration) == (Stage.SUGGEST, 2)
    assert fatal.value.log == "red xxxxxxxxxx\n" * 2


async def test_a_finished_study_keeps_what_was_written_and_every_traceback(slot: Slot) -> None:
    code = "print('hello', self.calls)\nif self.calls == 2: raise ValueError('mine')"

    finished = await slot.run_study(make_study(), make_optimizer(suggest=code))

    assert [f"hello {call}" in finished.log for call in (1, 2, 3, 4)] == [True, True, True, False]
    assert "Traceback" in finished.log
    assert "ValueError: mine" in finished.log
    assert finished.suggest_errors == 1


async def test_a_death_by_sigkill_is_taken_for_the_hosts_doing_twice_because_it_can_be_feigned(slot: Slot) -> None:
    feigned = make_optimizer(suggest="os._exit(137)")
    for attempt in (1, 2):
        with pytest.raises(InfrastructureFailure):
            await slot.run_study(replace(make_study(), attempt=attempt), feigned)

    with pytest.raises(Fatal) as fatal:
        await slot.run_study(replace(make_study(), attempt=3), feigned)

    assert fatal.value.verdict is Verdict.PROCESS_DIED


async def test_zip_larger_unpacked_than_allowed_does_not_load(slot: Slot) -> None:
    bomb = pack({"optimizer.py": "", "zeros": bytes(2_000_000)})

    with pytest.raises(Fatal) as fatal:
        await slot.run_study(make_study(unpacked_limit_bytes=1_000_000), bomb)

    assert fatal.value.verdict is Verdict.DOES_NOT_LOAD
    assert "exceeds the limit" in fatal.value.detail


async def test_blackbox_survives_a_fatal_optimizer_and_serves_the_next_study(slot: Slot, watch: Watch) -> None:
    before = await watch.find("blackbox")

    with pytest.raises(Fatal):
        await slot.run_study(make_study(), make_optimizer(suggest="os._exit(1)"))
    await slot.run_study(make_study(), make_optimizer())

    assert await watch.find("blackbox") == before


async def test_optimizer_killed_from_outside_is_the_platforms_failure(slot: Slot, watch: Watch) -> None:
    study = await _start_hanging_study(slot, watch)
    for container_id in await watch.find("optimizer"):
        await watch.kill(container_id)

    with pytest.raises(InfrastructureFailure, match="killed from outside"):
        await study
    await slot.run_study(make_study(), make_optimizer())  # though the prepared container was killed as well


async def test_blackbox_killed_from_outside_is_the_platforms_failure_and_is_replaced(slot: Slot, watch: Watch) -> None:
    await slot.run_study(make_study(), make_optimizer())
    for container_id in await watch.find("blackbox"):
        await watch.kill(container_id)

    with pytest.raises(InfrastructureFailure):
        await slot.run_study(make_study(), make_optimizer())
    await slot.run_study(make_study(), make_optimizer())


async def test_evaluations_that_take_too_long_are_the_platforms_failure(
    engine: Engine, self_test: SelfTest, runner_settings: SandboxSettings
) -> None:
    hasty = replace(runner_settings, evaluation_timeout_s=0.001)
    async with Slot(engine, self_test, hasty, Cpu(1)) as slot:
        with pytest.raises(InfrastructureFailure, match="took longer"):
            await slot.run_study(make_study(("ada", "iris", "acc"), n_calls=16), make_optimizer())


async def test_cancelled_study_kills_its_containers_at_once_and_the_slot_goes_on(slot: Slot, watch: Watch) -> None:
    study = await _start_hanging_study(slot, watch)
    running = await watch.find()

    study.cancel()
    with pytest.raises(asyncio.CancelledError):
        await study
    _, *prepared = await slot.wait_warm()

    async def only_prepared_ones_are_left() -> bool:
        return running & await watch.find() <= {each.id for each in prepared if isinstance(each, Container)}

    await wait_until(only_prepared_ones_are_left)
    await slot.run_study(make_study(), make_optimizer())


async def _start_hanging_study(slot: Slot, watch: Watch) -> asyncio.Task[object]:
    """A study whose optimizer was taken and hangs; the next one is prepared."""
    spec = make_study()
    study: asyncio.Task[object] = asyncio.create_task(slot.run_study(spec, make_optimizer(suggest="time.sleep(600)")))

    await wait_until(lambda: watch.find_named(spec.execution))
    await slot.wait_warm()
    return study
