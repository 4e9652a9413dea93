"""The client in an environment of each Python that is here."""

import pytest

from tests.support.installed import Installed, Wheels, working_pythons

PYTHONS = working_pythons()


@pytest.fixture(scope="session", params=PYTHONS)
def client(request: pytest.FixtureRequest, wheels: Wheels, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return wheels.install(tmp_path_factory.mktemp("client"), request.param, "arena")
