"""The organizer's own data sets."""

import hashlib
from typing import Any

import httpx
import pytest

from arena.rules.datasets import FILE_LIMIT_BYTES
from services.gateway.settings import GatewaySettings
from shared.blobs import Blobs
from shared.database import Pool
from tests.support import csv_files
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import BOXES, competition, phase
from tests.support.gateway.organizer_runs import start
from tests.support.gateway.revisions import ADMIN, plan, revisions
from tests.support.gateway.running import Gateway

CSV = csv_files.classification()
SHA256 = hashlib.sha256(CSV).hexdigest()
BOX = {"label": "box-03", "model": "DT", "dataset": "clf-three", "metric": "acc"}


def with_own_data(sha256: str = SHA256, **changes: Any) -> dict[str, Any]:
    own = {"name": "clf-three", "sha256": sha256}
    return competition(**{"datasets": [own], "black_boxes": [*BOXES, BOX], **changes})


async def upload(gateway: Gateway, content: bytes = CSV, name: str = "clf-three") -> httpx.Response:
    files = {"file": ("three.csv", content, "text/csv")}
    return await gateway.organizer.post(f"{ADMIN}/datasets", files=files, data={"name": name})


async def test_a_data_set_is_uploaded_before_the_competition_that_uses_it(
    gateway: Gateway, pool: Pool, gateway_settings: GatewaySettings
) -> None:
    body = with_own_data()
    assert (await plan(gateway, body)).json()["datasets_missing"] == ["clf-three"]
    assert_problem(await gateway.apply(body), 422, "Upload it first")

    first, again = (await upload(gateway)).json(), (await upload(gateway)).json()

    assert first == again == {"name": "clf-three", "sha256": SHA256, "n_rows": 90, "n_features": 4}
    assert b"".join([each async for each in Blobs(gateway_settings.blob_url).read(SHA256)]) == CSV
    assert (await gateway.apply(body)).json()["revision"] == 1
    assert await pool.fetchval("select dataset_sha256 from black_boxes where label = 'box-03'") == SHA256
    assert await pool.fetchval("select count(dataset_sha256) from black_boxes") == 1
    assert (await revisions(gateway))[0]["document"]["datasets"] == [{"name": "clf-three", "sha256": SHA256}]
    (listed,) = (await gateway.organizer.get(f"{ADMIN}/datasets")).json()["datasets"]
    assert (listed["name"], listed["blob_sha256"]) == ("clf-three", SHA256)


async def test_a_file_that_is_too_large_is_422(gateway: Gateway) -> None:
    too_large = b"a,t\n" + b"1.5,0\n" * (FILE_LIMIT_BYTES // 6 + 1)
    assert_problem(await upload(gateway, too_large), 422, "at most 16 MiB")


async def test_a_file_that_studies_ran_on_does_not_change_under_its_name(gateway: Gateway) -> None:
    await upload(gateway)
    await gateway.apply(with_own_data(phases=[]))
    (await start(gateway, boxes=["box-03"])).raise_for_status()
    other = csv_files.classification(seed=1)
    await upload(gateway, other)

    changed = with_own_data(hashlib.sha256(other).hexdigest(), phases=[])
    assert_problem(await gateway.apply(changed), 409, "new name")


async def test_a_baseline_covers_own_data_only_where_it_does(gateway: Gateway) -> None:
    await upload(gateway)
    body = with_own_data(phases=[phase(boxes=["box-01", "box-03"])])
    assert_problem(await gateway.apply(body), 422, "does not cover DT_clf-three_acc")


@pytest.mark.parametrize(
    ("content", "name", "what"),
    [
        (b"a,t\n", "clf-three", "Expected rows"),
        (b"a,t\n1.5,0\n,1\n", "clf-three", "Column 'a': expected numbers, got no value in 1 row (row 3: '')"),
        (CSV, "three", "'clf-' or 'reg-'"),
        (CSV, "clf-a_b", "'clf-' or 'reg-'"),
    ],
)
async def test_a_file_that_is_no_data_set_is_422(gateway: Gateway, content: bytes, name: str, what: str) -> None:
    assert_problem(await upload(gateway, content, name), 422, what)
    assert (await gateway.organizer.get(f"{ADMIN}/datasets")).json()["datasets"] == []
