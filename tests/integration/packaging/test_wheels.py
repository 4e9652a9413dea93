"""What people install works away from the source tree, and has nothing that they do not need."""

import zipfile
from email.parser import Parser

import pytest

from tests.support.installed import Installed, Wheels
from tests.support.stack import ROOT

MOST_DEPENDENCIES = 12
PROGRAMS = ("gateway", "dispatcher", "runner", "aggregator")


@pytest.fixture(scope="module")
def services(wheels: Wheels, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return wheels.install(tmp_path_factory.mktemp("services"), "python3.11", "arena-services")


@pytest.mark.parametrize("distribution", ["client", "services"])
def test_a_wheel_has_every_file_of_its_packages(wheels: Wheels, distribution: str) -> None:
    wheel, packages = {
        "client": (wheels.client, ["arena"]),
        "services": (wheels.services, ["services", "shared"]),
    }[distribution]
    in_tree = {
        str(path.relative_to(ROOT))
        for package in packages
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    in_wheel = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    assert in_wheel == in_tree - {"services/pyproject.toml"}


def test_a_participant_installs_few_packages(wheels: Wheels) -> None:
    archive = zipfile.ZipFile(wheels.client)
    (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    required = Parser().parsestr(archive.read(metadata).decode()).get_all("Requires-Dist", [])

    direct = [each for each in required if "extra ==" not in each]

    assert 0 < len(direct) <= MOST_DEPENDENCIES


def test_the_client_puts_nothing_but_arena_beside_its_dependencies(client: Installed) -> None:
    names = {path.name for path in client.site_packages.iterdir()}

    assert {name for name in names if name.startswith("arena")} == {"arena", "arena-0.1.0.dist-info"}
    assert names.isdisjoint({"services", "shared", "tests", "deploy", "benchmarks", "numpy", "fastapi", "asyncpg"})


def test_the_services_start_from_their_wheel(services: Installed) -> None:
    loads = "; ".join(f"import services.{each}.__main__" for each in PROGRAMS)

    services.run("python", "-c", f"{loads}; import services.gateway.app")

    in_tree = {str(path.relative_to(ROOT)) for name in ("services", "shared") for path in (ROOT / name).rglob("*.sql")}
    installed = {str(path.relative_to(services.site_packages)) for path in services.site_packages.rglob("*.sql")}
    assert in_tree <= installed
