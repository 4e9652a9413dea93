"""What a sandbox looks like from inside, compared with what was asked for."""

import pytest

from arena.sandbox.container_config import Cpu
from arena.sandbox.self_test import SELF_TEST_LIMITS, find_faults

CPU = Cpu(3)
CLOSED: dict[str, object] = {
    "uid": CPU.optimizer_uid,
    "gid": CPU.optimizer_uid,
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
    "cpus": [3],
    "forbidden_calls": [],
    "memory_limit": SELF_TEST_LIMITS.memory_limit_bytes,
    "swap_limit": SELF_TEST_LIMITS.memory_limit_bytes,
    "processes": SELF_TEST_LIMITS.pids_limit - 1,
    "tmp_bytes": SELF_TEST_LIMITS.tmp_limit_bytes,
}


def test_closed_sandbox_has_no_faults() -> None:
    assert find_faults(CLOSED, SELF_TEST_LIMITS, CPU, "runc") == []


@pytest.mark.parametrize("fact", CLOSED)
def test_every_fact_that_is_not_as_asked_is_a_fault(fact: str) -> None:
    changed = 2**40 if isinstance(CLOSED[fact], int) else "something else"
    (fault,) = find_faults({**CLOSED, fact: changed}, SELF_TEST_LIMITS, CPU, "runc")

    assert fault.startswith(fact)


def test_a_sandbox_with_two_cpus_has_exactly_those() -> None:
    assert find_faults({**CLOSED, "cpus": [1, 3]}, SELF_TEST_LIMITS, CPU, "runc", Cpu(1)) == []
    (fault,) = find_faults(CLOSED, SELF_TEST_LIMITS, CPU, "runc", Cpu(1))
    assert fault.startswith("cpus")


def test_a_kernel_of_its_own_is_not_asked_for_what_only_the_hosts_states() -> None:
    stated_by_the_host = (
        "interfaces",
        "no_new_privileges",
        "seccomp",
        "cpus",
        "memory_limit",
        "swap_limit",
        "processes",
    )
    facts = {name: fact for name, fact in CLOSED.items() if name not in stated_by_the_host}

    assert find_faults(facts, SELF_TEST_LIMITS, CPU, "runsc") == []
    (fault,) = find_faults({**facts, "forbidden_calls": ["unshare"]}, SELF_TEST_LIMITS, CPU, "runsc")
    assert fault.startswith("forbidden_calls")
