"""What an engine says of where it runs."""

import pytest

from arena.sandbox.engine.machine import Machine, find_group, parse_info

GIBIBYTE = 1024**3
INFO = {"MemTotal": 24 * GIBIBYTE, "MemoryLimit": True, "SwapLimit": True, "Labels": []}
POD = "/kubepods/pod1/engine"


def test_an_engine_of_a_whole_machine_has_its_memory_and_no_group() -> None:
    assert parse_info(INFO) == Machine(24 * GIBIBYTE, None, ())


def test_an_engine_in_a_pod_has_the_pods_memory() -> None:
    groups = ["arena.control_group=/", f"arena.node_control_group={POD}"]
    labels = [f"arena.memory_bytes={3 * GIBIBYTE}", *groups, "of=somebody=else"]

    assert parse_info({**INFO, "Labels": labels}) == Machine(3 * GIBIBYTE, "/", (), POD)


def test_a_pods_limit_above_what_the_machine_has_is_no_memory_more() -> None:
    assert parse_info({**INFO, "Labels": [f"arena.memory_bytes={2**62}"]}).memory_bytes == 24 * GIBIBYTE


@pytest.mark.parametrize(("missing", "cure"), [("MemoryLimit", "cgroup_enable=memory"), ("SwapLimit", "swapaccount=1")])
def test_a_kernel_that_does_not_account_is_a_fault_with_its_cure(missing: str, cure: str) -> None:
    (fault,) = parse_info({**INFO, missing: False}).faults

    assert cure in fault


def test_an_engine_that_does_not_say_what_it_can_limit_is_tried_out_instead() -> None:
    assert parse_info({"MemTotal": GIBIBYTE}).faults == ()


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("9:name=systemd:/a\n4:memory:/kubepods/pod1/engine/docker/2\n1:cpu,cpuacct:/b\n0::/\n", f"{POD}/docker/2"),
        ("5:cpuset,memory:/docker/2 0::/c", "/docker/2"),
        ("0::/docker/2\n", "/docker/2"),
    ],
)
def test_the_group_of_a_container_is_that_which_limits_its_memory(text: str, group: str) -> None:
    assert find_group(text) == group


@pytest.mark.parametrize("group", ["/docker/2", "/", "/kubepods/pod1/engine-of-another/docker/2", "/kubepods/pod1"])
def test_a_container_beside_its_engines_group_escapes_the_pod(group: str) -> None:
    assert not Machine(0, POD, ()).holds_group(group)


def test_a_container_below_its_engines_group_is_under_the_pods_limits() -> None:
    assert Machine(0, POD, ()).holds_group(f"{POD}/docker/2")
    assert Machine(0, "/", ()).holds_group("/docker/2"), "nothing leaves the top of a namespace"
