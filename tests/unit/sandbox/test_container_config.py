"""What is asked of the engine, and how it is checked from inside."""

import pytest

from arena.sandbox.container_config import (
    SELF_TEST_LIMITS,
    blackbox_config,
    find_faults,
    optimizer_config,
    optimizer_uid,
)
from arena.sandbox.relay import Fatal
from arena.words.limits import Limits
from arena.words.verdicts import Verdict
from shared.settings import Settings

SETTINGS = Settings(runner_id="runner-1")
CLOSED: dict[str, object] = {
    "uid": optimizer_uid(0),
    "gid": optimizer_uid(0),
    "root_writable": [],
    "submission_writable": True,
    "tmp_writable": True,
    "network_reachable": False,
    "capabilities": 0,
    "core_limit": 0,
    "engine_socket": False,
    "open_files_limit": 1024,
    "interfaces": ["lo"],
    "no_new_privileges": "1",
    "seccomp": "2",
    "cpus": [0],
    "forbidden_calls": [],
    "memory_limit": SELF_TEST_LIMITS.memory_limit_bytes,
    "swap_limit": SELF_TEST_LIMITS.memory_limit_bytes,
    "processes": SELF_TEST_LIMITS.pids_limit - 1,
    "tmp_bytes": SELF_TEST_LIMITS.tmp_limit_bytes,
}


def test_closed_sandbox_has_no_faults() -> None:
    assert find_faults(CLOSED, SELF_TEST_LIMITS, 0, "runc") == []


@pytest.mark.parametrize("fact", CLOSED)
def test_every_fact_that_is_not_as_asked_is_a_fault(fact: str) -> None:
    changed = 2**40 if isinstance(CLOSED[fact], int) else "something else"
    (fault,) = find_faults({**CLOSED, fact: changed}, SELF_TEST_LIMITS, 0, "runc")

    assert fault.startswith(fact)


def test_limits_reach_the_engine() -> None:
    limits = Limits(memory_limit_bytes=2**27, unpacked_limit_bytes=2**20, tmp_limit_bytes=2**21, pids_limit=7)

    host = optimizer_config(SETTINGS, limits, cpu=1)["HostConfig"]

    assert (host["Memory"], host["MemorySwap"], host["PidsLimit"], host["CpusetCpus"]) == (2**27, 2**27, 7, "1")
    assert f"size={2**20}," in host["Tmpfs"]["/submission"]
    assert f"size={2**21}," in host["Tmpfs"]["/tmp"]  # noqa: S108 - inside the sandbox
    assert {"Name": "fsize", "Soft": 2**21, "Hard": 2**21} in host["Ulimits"]


def test_nothing_of_the_host_is_mounted_and_no_network_is_given_on_either_side() -> None:
    for config in (optimizer_config(SETTINGS, Limits(), cpu=0), blackbox_config(SETTINGS, cpu=0)):
        host = config["HostConfig"]
        assert not {"Binds", "Mounts", "VolumesFrom", "Devices", "Privileged"} & set(host)
        assert (host["NetworkMode"], host["ReadonlyRootfs"], host["CapDrop"]) == ("none", True, ["ALL"])
        assert not config["User"].startswith("0")


def test_the_two_sides_and_all_cpus_have_uids_of_their_own() -> None:
    configs = [make(cpu) for cpu in range(4) for make in (_optimizer, _blackbox)]

    assert len({config["User"] for config in configs}) == len(configs)


def test_detail_of_a_verdict_is_text_that_every_store_takes() -> None:
    fatal = Fatal(Verdict.PROCESS_DIED, "x" * 5000 + "\x00 \ud800 \x1b[31m end\n")

    assert len(fatal.detail) == 4000
    assert fatal.detail.endswith("\ufffd \ufffd  end\n")


def test_only_fatal_verdicts_end_a_submission() -> None:
    with pytest.raises(ValueError, match="fatal verdict"):
        Fatal(Verdict.PLATFORM_FAULT, "")


def _optimizer(cpu: int) -> dict[str, object]:
    return optimizer_config(SETTINGS, Limits(), cpu)


def _blackbox(cpu: int) -> dict[str, object]:
    return blackbox_config(SETTINGS, cpu)
