"""`arena pack` on what has no wheel, built in the real image of an environment from an index on loopback."""

import asyncio
import json
import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from arena.images.docker import docker
from tests.support.source_index import source_index
from tests.support.stack import ROOT
from tests.support.waiting import SCORING_LIMIT_S, limited

OPTIMIZER = """
from purely import answer
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.random_search import suggest_dict

class Optimizer(AbstractOptimizer):
    def suggest(self, n_suggestions=1):
        assert answer() == 42
        return suggest_dict([], [], self.api_config, n_suggestions=n_suggestions)

    def observe(self, X, y):
        pass
"""
NATIVE_WHEEL, PURE_WHEEL = "natively-1.0-cp311-cp311-linux_x86_64.whl", "purely-1.0-py3-none-any.whl"
QUICK = ("--boxes", "lasso_diabetes_mse", "--n-calls", "2")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with source_index(tmp_path_factory.mktemp("index")) as address:
        yield address


async def arena(folder: Path, index: str, *arguments: str, **environment: str) -> tuple[int, str, str]:
    """Run the command in a folder, for somebody whose pip knows one index; returns its exit code and what it wrote."""
    pip = {"PIP_INDEX_URL": index, "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "PIP_RETRIES": "0"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "arena", *arguments),
        env={**os.environ, **pip, "PYTHONPATH": str(ROOT), **environment},
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with limited(SCORING_LIMIT_S):
        output, errors = await process.communicate()
    assert b"Traceback" not in errors
    return process.returncode or 0, output.decode(), errors.decode()


def write_folder(parent: Path, *requirements: str) -> Path:
    folder = parent / "mine"
    folder.mkdir()
    (folder / "optimizer.py").write_text(OPTIMIZER)
    (folder / "requirements.txt").write_text("\n".join(requirements))
    return folder


@pytest.mark.parametrize(
    "requirement", ["purely", "git+{index}/purely.git", "purely @ {index}/purely/purely-1.0.tar.gz"]
)
async def test_sources_become_wheels_in_their_order_and_the_zip_loads_in_the_sandbox(
    tmp_path: Path, index: str, requirement: str
) -> None:
    write_folder(tmp_path, requirement.format(index=index), "numpy", "scipy>=1")

    code, output, errors = await arena(tmp_path, index, "pack", "mine", "--environment", "small", "--json")

    assert code == 0, errors
    assert json.loads(output)["wheels"] == [NATIVE_WHEEL, PURE_WHEEL], "and nothing that the environment has"
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        assert archive.read("install_order.txt").decode().split() == [NATIVE_WHEEL, PURE_WHEEL]
        assert archive.read("arena.toml") == b'environment = "small"\n'
    code, output, errors = await arena(tmp_path, index, "check", "mine.zip", *QUICK, "--json")
    assert (code, json.loads(output)["verdict"]) == (0, "scored"), errors


@pytest.fixture
def own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An organizer's own environment, which this package knows nothing of; its images are removed."""
    name, context = f"own-{os.getpid()}", tmp_path_factory.mktemp("own")
    (context / "Dockerfile").write_text(
        f"FROM arena-small:local\nLABEL arena.environment={name}\nRUN pip uninstall --yes --quiet pyDOE2\n"
    )
    docker("build", "--tag", f"arena-{name}:local", str(context))
    yield name
    for tag in docker("image", "ls", "--format", "{{ .Repository }}:{{ .Tag }}", f"arena-{name}*").split():
        docker("image", "rm", tag)


async def test_an_organizers_own_environment_is_known_by_its_image(
    tmp_path: Path, index: str, own_environment: str
) -> None:
    write_folder(tmp_path, "purely", "scipy", "pyDOE2")

    code, _, errors = await arena(tmp_path, index, "pack", "mine", "--environment", own_environment)

    assert code == 1
    assert "a wheel or a source of pyDOE2" in errors, "which the environment lacks, and the index, too"
    (tmp_path / "mine" / "requirements.txt").write_text("purely\nscipy\n")
    code, output, errors = await arena(tmp_path, index, "pack", "mine", "--environment", own_environment, "--json")
    assert code == 0, errors
    assert json.loads(output)["wheels"] == [NATIVE_WHEEL, PURE_WHEEL]
    assert f"in the image of the environment {own_environment}" in errors


async def test_an_unknown_environment_is_refused_with_those_there_are(tmp_path: Path, index: str) -> None:
    write_folder(tmp_path, "purely")

    code, _, errors = await arena(tmp_path, index, "pack", "mine", "--environment", "large")

    assert code == 1
    assert "Expected an environment out of small, classic, modern, or one with an image on this machine" in errors
    assert "got large." in errors


async def test_a_folder_beside_the_optimizer_is_built(tmp_path: Path, index: str) -> None:
    folder = write_folder(tmp_path, "./tool")
    (folder / "tool").mkdir()
    (folder / "tool" / "setup.py").write_text("from setuptools import setup\nsetup(name='tool', version='3')\n")

    code, output, errors = await arena(tmp_path, index, "pack", "mine", "--json")

    assert code == 0, errors
    assert json.loads(output)["wheels"] == ["tool-3-py3-none-any.whl"]


REFUSED = {
    "a build that fails": (
        "broken",
        "expected broken to be built in the image of the environment small, it failed. The last lines:",
        "no_such_library.h: No such file or directory",
    ),
    "a conflict with the image": ("clash", "clash 1.0 needs numpy>=1.26\n", "the image has numpy 1.23.5\n"),
    "a version that does not exist": ("purely==3", "a wheel or a source of purely==3 for CPython 3.11 on Linux", ""),
    "a repository that does not answer": (
        "git+http://127.0.0.1:1/x.git",
        "expected to fetch http://127.0.0.1:1/x.git, git could not:",
        "Mend the address or the connection",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
async def test_what_cannot_be_built_is_told_with_its_name_and_leaves_no_zip(
    tmp_path: Path, index: str, why: str
) -> None:
    requirement, *said = REFUSED[why]
    write_folder(tmp_path, requirement)

    code, _, errors = await arena(tmp_path, index, "pack", "mine")

    assert code == 1
    assert "arena: mine/requirements.txt: expected " in errors
    assert [each for each in said if each not in errors] == []
    assert not (tmp_path / "mine.zip").exists()
    assert not (tmp_path / ".mine.zip.new").exists()


@pytest.mark.parametrize("requirement", ["purely", "git+https://example.invalid/tool.git"])
async def test_without_a_container_engine_the_message_says_what_to_do(
    tmp_path: Path, index: str, requirement: str
) -> None:
    write_folder(tmp_path, requirement)

    code, _, errors = await arena(tmp_path, index, "pack", "mine", PATH=str(tmp_path))

    assert code == 1
    assert "put it beside optimizer.py" in errors
    assert "'arena images build small'): Expected the command 'docker', found none" in errors


async def test_wheels_for_another_machine_are_not_built_here(tmp_path: Path, index: str) -> None:
    write_folder(tmp_path, "purely")

    code, _, errors = await arena(tmp_path, index, "pack", "mine", "--machine", "riscv64")

    assert code == 1
    assert "expected an image of small for riscv64" in errors
