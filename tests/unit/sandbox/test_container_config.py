"""What is asked of the engine."""

import json
from dataclasses import replace

from arena.sandbox.container_config import Cpu, blackbox_config, claim_config, group_config, optimizer_config
from arena.sandbox.settings import SandboxSettings
from arena.words.limits import Limits

SETTINGS = SandboxSettings("runner-1")


def test_limits_reach_the_engine() -> None:
    limits = Limits(
        memory_limit_bytes=2**27, zip_limit_bytes=2**19, unpacked_limit_bytes=2**20, tmp_limit_bytes=2**21, pids_limit=7
    )

    host = optimizer_config(SETTINGS, "sha256:1", limits, cpu=Cpu(1))["HostConfig"]

    assert (host["Memory"], host["MemorySwap"], host["PidsLimit"], host["CpusetCpus"]) == (2**27, 2**27, 7, "1")
    assert f"size={2**20 + 2**19}," in host["Tmpfs"]["/submission"]
    assert f"size={2**21}," in host["Tmpfs"]["/tmp"]  # noqa: S108 - inside the sandbox
    assert {"Name": "fsize", "Soft": 2**21, "Hard": 2**21} in host["Ulimits"]


def test_the_kernel_of_another_runtime_takes_no_processes_from_the_optimizer() -> None:
    under_runsc = optimizer_config(SETTINGS, "sha256:1", Limits(pids_limit=7), cpu=Cpu(1), runtime="runsc")

    assert under_runsc["HostConfig"]["PidsLimit"] == 7 + 64


def test_a_kernel_of_its_own_makes_threads_in_the_way_that_the_hosts_refuses() -> None:
    actions = {}
    for runtime in ("runc", "runsc"):
        config = optimizer_config(SETTINGS, "sha256:1", Limits(), cpu=Cpu(1), runtime=runtime)
        profile = json.loads(config["HostConfig"]["SecurityOpt"][1].removeprefix("seccomp="))
        (actions[runtime],) = [rule["action"] for rule in profile["syscalls"] if "clone3" in rule["names"]]

    assert actions == {"runc": "SCMP_ACT_ERRNO", "runsc": "SCMP_ACT_ALLOW"}


def test_containers_of_the_runner_itself_run_on_every_engine_whatever_runs_optimizers() -> None:
    settings = replace(SETTINGS, sandbox_runtime="runsc")

    assert blackbox_config(settings, Cpu(0))["HostConfig"]["Runtime"] == "runsc", "its points are a team's"
    for config in (claim_config(settings, Cpu(0)), group_config(settings, Cpu(0))):
        assert config["HostConfig"]["Runtime"] == "runc"


def test_nothing_of_the_host_is_mounted_and_no_network_is_given_on_either_side() -> None:
    for config in (optimizer_config(SETTINGS, "sha256:1", Limits(), cpu=Cpu(0)), blackbox_config(SETTINGS, cpu=Cpu(0))):
        host = config["HostConfig"]
        assert not {"Binds", "Mounts", "VolumesFrom", "Devices", "Privileged"} & set(host)
        assert (host["NetworkMode"], host["ReadonlyRootfs"], host["CapDrop"]) == ("none", True, ["ALL"])
        assert not config["User"].startswith("0")


def test_every_cpu_sharer_and_side_has_a_uid_of_its_own() -> None:
    cpus = [Cpu(number, sharer) for number in (0, 1, 999) for sharer in range(3)]
    configs = [optimizer_config(SETTINGS, "sha256:1", Limits(), cpu) for cpu in cpus]
    configs += [blackbox_config(SETTINGS, cpu) for cpu in cpus]

    assert len({config["User"] for config in configs}) == 2 * len(cpus)


def test_with_a_second_cpu_the_optimizer_has_both_and_a_thread_for_each_and_the_uid_of_the_first() -> None:
    one = optimizer_config(SETTINGS, "sha256:1", Limits(), Cpu(3))
    two = optimizer_config(SETTINGS, "sha256:1", Limits(), Cpu(3), second=Cpu(1))

    assert (one["HostConfig"]["CpusetCpus"], two["HostConfig"]["CpusetCpus"]) == ("3", "1,3")
    assert "OMP_NUM_THREADS=1" in one["Env"]
    assert "OMP_NUM_THREADS=2" in two["Env"]
    assert two["User"] == one["User"]
