"""A real S3 server, for all tests of blobs in it."""

from collections.abc import AsyncIterator

import pytest

from services.gateway.settings import GatewaySettings
from tests.support.s3.object_store import ObjectStore, find_object_store, running_object_store


@pytest.fixture(scope="session")
async def object_store(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ObjectStore]:
    folder = tmp_path_factory.mktemp("s3")
    with running_object_store(folder) as process:
        yield await find_object_store(folder, process)


@pytest.fixture
def s3_settings(
    gateway_settings: GatewaySettings, object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> GatewaySettings:
    """Settings of a gateway with a bucket of this test's own, and the variables by which this process reaches it."""
    for name, value in object_store.environment().items():
        monkeypatch.setenv(name, value)
    database = gateway_settings.database_url.get_secret_value().rsplit("_", 1)[1]
    return gateway_settings.model_copy(update={"blob_url": object_store.make_bucket(f"blobs-{database}")})
