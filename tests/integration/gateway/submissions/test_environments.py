"""A submission runs in the environment that its upload names, else its zip, else its phase's default."""

from pathlib import Path
from urllib.parse import urlparse

import pytest

from arena.words.problems import ProblemCode
from services.gateway.settings import GatewaySettings
from shared.database import Pool
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import count_submissions, submit
from tests.support.zips import pack

PINNED = f"classic@sha256:{'9f' * 32}"
ENVIRONMENTS = ["small", PINNED, "modern"]


def stored_blobs(gateway_settings: GatewaySettings) -> list[Path]:
    return list(Path(urlparse(gateway_settings.blob_url).path).iterdir())


def zip_for(environment: str | None) -> bytes:
    named = {} if environment is None else {"arena.toml": f'environment = "{environment}"'}
    return pack({"optimizer.py": "class Optimizer: ...", **named})


@pytest.mark.parametrize(
    ("of_zip", "form", "entry"),
    [
        (None, {}, "small"),
        ("modern", {}, "modern"),
        ("modern", {"environment": "classic"}, PINNED),
        ("modern", {"environment": ""}, "modern"),
        (None, {"environment": PINNED}, PINNED),
        ("nonsense", {"environment": "modern"}, "modern"),
    ],
)
async def test_the_upload_goes_before_the_zip_and_the_zip_before_the_default(
    gateway: Gateway, pool: Pool, of_zip: str | None, form: dict[str, str], entry: str
) -> None:
    await gateway.apply(competition(phase(environments=ENVIRONMENTS)))

    answer = await submit(await gateway.team("a"), zip_for(of_zip), **form)

    assert (answer.status_code, answer.json()["environment"]) == (202, entry)
    assert await pool.fetchval("select environment from submissions") == entry


@pytest.mark.parametrize(
    ("of_zip", "form"),
    [
        (None, {"environment": "large"}),
        ("large", {}),
        ("Not a Name", {}),
        ("modern", {"environment": f"modern@sha256:{'9f' * 32}"}),
    ],
)
async def test_an_environment_that_the_phase_does_not_allow_is_refused_with_those_it_does(
    gateway: Gateway, pool: Pool, gateway_settings: GatewaySettings, of_zip: str | None, form: dict[str, str]
) -> None:
    await gateway.apply(competition(phase(environments=ENVIRONMENTS)))

    refused = await submit(await gateway.team("a"), zip_for(of_zip), key="k", **form)

    assert_problem(refused, 422, "small, classic, modern")
    assert refused.json()["code"] == ProblemCode.UNKNOWN_ENVIRONMENT
    assert refused.json()["environments"] == ENVIRONMENTS
    assert await count_submissions(pool) == 0
    assert stored_blobs(gateway_settings) == []


async def test_an_arena_toml_that_says_something_else_makes_an_invalid_zip(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    content = pack({"optimizer.py": "class Optimizer: ...", "arena.toml": 'environment = "small"\ncpus = 2'})

    refused = await submit(await gateway.team("a"), content)

    assert_problem(refused, 422, "cpus")
    assert refused.json()["code"] == ProblemCode.INVALID_ZIP
    assert await count_submissions(pool) == 0


async def test_the_same_key_with_another_environment_is_another_request(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition(phase(environments=ENVIRONMENTS)))
    team = await gateway.team("a")
    first = await submit(team, key="k", environment="modern")

    assert (await submit(team, key="k", environment="modern")).json() == first.json()
    assert_problem(await submit(team, key="k", environment="small"), 409, "Idempotency-Key")
    assert_problem(await submit(team, key="k"), 409, "Idempotency-Key")
    assert await count_submissions(pool) == 1
