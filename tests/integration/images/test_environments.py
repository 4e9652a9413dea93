"""The environments as they are built: what is in them and what is not, and that a sandbox of each runs studies."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from arena.images.build import build_images
from arena.images.definition import Definition, find_environments, find_release, installed_definitions
from arena.images.docker import docker
from arena.sandbox.container_config import Cpu
from arena.sandbox.engine.containers import Engine, connect_engine
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.slot import Slot
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.sandbox.studies import make_study

OF_2020 = "GPy, botorch, hyperopt, lightgbm, opentuner, optuna, poap, pymoo, pySOT, skopt, torch, xgboost"
OF_TODAY = "GPy, ax, botorch, catboost, cma, hebo, hyperopt, lightgbm, nevergrad, optuna, skopt, smac, torch, xgboost"
LIBRARIES = {
    "small": "import hyperopt, nevergrad, optuna, pySOT, skopt",
    "classic": f"import {OF_2020}\nimport gpytorch, nevergrad.optimization, opentuner.tuningrunmain",
    "modern": f"import {OF_TODAY}\nimport ax.api.client, hebo.optimizers.hebo",
}
BAYESMARK = """
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.experiment import experiment_main
from bayesmark.np_util import linear_rescale
from bayesmark.space import JointSpace
"""
ROWS = {
    "iris": ("6.4", "2.9", "4.3", "1.3"),
    "wine": ("14.23", "1.71", "2.43", "15.6"),
    "breast": ("17.99", "10.38", "122.8", "1001"),
    "boston": ("0.00632", "18", "2.31", "0"),
    "diabetes": ("59", "2", "32.1", "101"),
    "digits": (
        "0",
        "0",
        "5",
        "13",
        "9",
        "1",
        "0",
        "0",
        "0",
        "0",
        "13",
        "15",
        "10",
        "15",
        "5",
        "0",
        "0",
        "3",
        "15",
        "2",
    ),
}
"""A row of each data set that a black box may be built on. That of iris is none of the first, which manuals show."""
LIST_PACKAGES = """
import re
from importlib.metadata import distributions
found = {}
for each in distributions():
    found.setdefault(re.sub("[-_.]+", "-", each.metadata["Name"]).lower(), each.version)
print("\\n".join(f"{name}=={version}" for name, version in sorted(found.items())))
"""
LIST_LATE_MODULES = """
import sys
import bayesmark.random_search
print(*{name.partition(".")[0] for name in sys.modules} & {"scipy", "importlib_metadata"})
"""
USE_EVERY_SPACE = """
import numpy as np
from bayesmark.random_search import suggest_dict
from bayesmark.space import JointSpace
kinds = {
    f"{kind} {scale}": {"type": kind, "space": scale, "range": (low, high)}
    for kind, scale, low, high in [
        *(("real", scale, 0.001, 0.999) for scale in ("linear", "log", "logit", "bilog")),
        *(("int", scale, 1, 900) for scale in ("linear", "log", "bilog")),
    ]
}
kinds["listed"] = {"type": "real", "space": "logit", "values": [0.1, 0.25, 0.9]}
kinds["words"] = {"type": "cat", "values": ["a", "b"]}
kinds["truth"] = {"type": "bool"}
space = JointSpace(kinds)
points = suggest_dict([], [], kinds, n_suggestions=50, random=np.random.RandomState(1))
warped = space.warp(points)
moved = np.clip(warped + 0.01, *space.get_bounds().T)
print(points, warped.tolist(), space.unwarp(warped), space.unwarp(moved), sep="\\n")
"""


@dataclass(frozen=True)
class Environment:
    """An environment that is built: its name, its definition and its image's id."""

    name: str
    definition: Definition
    image_id: str

    def run(self, *command: str) -> str:
        """Return what a command in the image writes; it runs as root, without a network."""
        entry, *arguments = command
        return docker("run", "--rm", "--network", "none", "--entrypoint", entry, self.image_id, *arguments)


@pytest.fixture(scope="module")
def ids() -> dict[str, str]:
    """The ids of the images of a study. The first time, building those that nothing else needs takes minutes."""
    return build_images(installed_definitions(), ["blackbox", *find_environments()], print)


@pytest.fixture(scope="module", params=find_environments())
def environment(request: pytest.FixtureRequest, ids: dict[str, str]) -> Environment:
    definition = find_environments()[request.param]
    return Environment(request.param, definition, ids[definition.name])


@pytest.fixture(scope="module")
def settings() -> SandboxSettings:
    return SandboxSettings(f"test-{uuid.uuid4().hex}", share_cpus=True)


@pytest_asyncio.fixture
async def engine(settings: SandboxSettings) -> AsyncIterator[Engine]:
    async with connect_engine(settings) as engine:
        yield engine
        await engine.remove_leftovers()


async def test_a_sandbox_of_every_environment_holds(engine: Engine, environment: Environment) -> None:
    found = await engine.images.find_environment(environment.name)

    assert found == environment.image_id
    assert await SelfTest(engine, engine.settings).find_faults(found, Cpu(0)) == []


async def test_an_optimizer_that_imports_an_environments_libraries_is_scored(
    engine: Engine, environment: Environment
) -> None:
    spec = replace(make_study(("lasso", "diabetes", "mse"), n_calls=2), environment=environment.name)
    optimizer = make_optimizer(
        module=BAYESMARK + LIBRARIES[environment.name],
        construct="space = JointSpace(api_config)",
        suggest="""
            space = JointSpace(self.api_config)
            assert space.unwarp(space.warp(points))[0].keys() == points[0].keys()
        """,
    )

    async with Slot(engine, SelfTest(engine, engine.settings), engine.settings, Cpu(0)) as slot:
        study = await slot.run_study(spec, optimizer)

    assert (study.suggest_errors, study.observe_errors, study.timed_out) == (0, 0, False)
    assert np.isfinite(study.visible).all()
    assert study.provenance.environment == environment.name


def find_data_sets(image: str) -> list[str]:
    """Return the files of an image, plain and packed, in which a row of a data set stands."""
    rows = (r"[^0-9.]+".join(row).replace(".", r"\.").replace(r"[^0-9\.]", "[^0-9.]") for row in ROWS.values())
    pattern = f"(^|[^0-9.])({'|'.join(rows)})([^0-9]|$)"
    plain = f"grep -rlaE --exclude='*.so*' --exclude='*.a' '{pattern}' /opt /usr /etc /var /srv"
    packed = f"find /opt /usr -name '*.gz' -exec zgrep -laE '{pattern}' {{}} +"
    command = f"export LC_ALL=C; {plain}; {packed}; true"
    found = docker("run", "--rm", "--network", "none", "--entrypoint", "sh", image, "-c", command)
    return sorted({Path(path).name for path in found.splitlines()})


def test_no_environment_has_a_data_set_of_the_black_boxes(environment: Environment) -> None:
    assert find_data_sets(environment.image_id) == []


def test_the_search_for_data_sets_finds_those_of_the_black_boxes(ids: dict[str, str]) -> None:
    names = " ".join(find_data_sets(ids["blackbox"]))

    assert [each for each in ROWS if each not in names] == []


def test_no_program_of_an_environment_changes_its_user(environment: Environment) -> None:
    assert environment.run("find", "/", "-xdev", "-perm", "/6000", "-type", "f") == ""


def test_the_list_of_an_environments_packages_is_what_it_has(environment: Environment) -> None:
    found = dict(line.split("==") for line in environment.run("python", "-c", LIST_PACKAGES).splitlines())

    assert found == environment.definition.packages


def test_an_environments_python_is_the_one_it_is_said_to_have(environment: Environment) -> None:
    version = environment.run("python", "-c", "import sys; print(*sys.version_info[:2], sep='.')")
    _, glibc = environment.run("python", "-c", "import platform; print(*platform.libc_ver())").split()

    assert (version, int(glibc.split(".")[1])) == find_release(environment.definition)


def test_an_optimizer_that_needs_no_scipy_does_not_import_it_with_bayesmark(environment: Environment) -> None:
    assert environment.run("python", "-c", LIST_LATE_MODULES).strip() == ""


def test_search_spaces_of_the_default_environment_are_those_of_stock_bayesmark_bit_for_bit(ids: dict[str, str]) -> None:
    run = ("run", "--rm", "--network", "none", "--env", "GIT_PYTHON_REFRESH=quiet", "--entrypoint", "python")
    ours, stock = (docker(*run, ids[name], "-c", USE_EVERY_SPACE) for name in ("small", "blackbox"))

    assert ours == stock
    assert len(ours) > 10_000
