"""What a container has used stands in files of the kernel, also where the engine runs in a pod."""

from pathlib import Path

import pytest

from arena.sandbox.engine.usage import read_control_groups
from arena.words.execution import Usage

ID = "0123456789ab"
POD = "/kubepods/pod1/engine"
USAGE = Usage(cpu_s=1.5, memory_peak_bytes=4096)


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


@pytest.mark.parametrize("group", ["/", POD])
def test_a_container_is_found_below_the_group_of_its_engine(group: str, tmp_path: Path) -> None:
    below = f"{group.strip('/')}/docker/{ID}".lstrip("/")
    write(tmp_path / "cpuacct" / below, cpuacct__usage="1500000000\n")
    write(tmp_path / "memory" / below, memory__max_usage_in_bytes="4096\n")

    assert read_control_groups(ID, tmp_path, group) == USAGE


@pytest.mark.parametrize("group", ["/", POD])
def test_version_2_of_control_groups_has_one_tree_for_all(group: str, tmp_path: Path) -> None:
    below = f"{group.strip('/')}/docker/{ID}".lstrip("/")
    write(tmp_path / below, cpu__stat="usage_usec 1500000\nuser_usec 1\n", memory__peak="4096\n")

    assert read_control_groups(ID, tmp_path, group) == USAGE


def test_an_engine_that_leaves_containers_to_systemd_names_them_otherwise(tmp_path: Path) -> None:
    write(tmp_path / "system.slice" / f"docker-{ID}.scope", cpu__stat="usage_usec 1500000\n", memory__peak="4096\n")

    assert read_control_groups(ID, tmp_path, "/") == USAGE


def test_nothing_is_said_of_a_container_of_another_engine(tmp_path: Path) -> None:
    write(tmp_path / "docker" / ID, cpu__stat="usage_usec 1500000\n", memory__peak="4096\n")

    assert read_control_groups(ID, tmp_path, POD) == Usage()
