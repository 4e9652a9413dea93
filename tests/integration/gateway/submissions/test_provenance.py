"""One place says what a score came from; the secret part of it is for the organizer."""

import hashlib
import json
from uuid import UUID

import httpx
from pydantic_core import to_json

from arena.rules.seeds import optimizer_seed, study_seed
from arena.version import code_version
from shared.database import Pool
from tests.support.gateway.competitions import BASELINE, competition, phase
from tests.support.gateway.executions import PROVENANCE, finish, release
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import make_zip, submit

SHA256 = hashlib.sha256(make_zip()).hexdigest()
TEST_CASES = {"box-01": "DT_iris_acc", "box-02": "lasso_diabetes_mse"}


async def provenance(client: httpx.AsyncClient, submission: str | UUID) -> httpx.Response:
    return await client.get(f"/api/v1/submissions/{submission}/provenance")


async def run_two_studies(gateway: Gateway, pool: Pool) -> tuple[httpx.AsyncClient, UUID]:
    """A submission of two studies, the first on an older image."""
    await gateway.apply(competition(phase(n_calls=3, n_suggestions=2, studies_per_box=1, environments=["modern"])))
    team = await gateway.team("a")
    submission = UUID((await submit(team)).raise_for_status().json()["id"])
    older = PROVENANCE.model_copy(update={"optimizer_image": "sha256:0", "environment": "modern"})
    first, second = await release(pool)
    await finish(pool, *first, provenance=older)
    await finish(pool, *second)
    return team, submission


async def test_the_organizer_sees_all_that_a_score_came_from(gateway: Gateway, pool: Pool) -> None:
    _, submission = await run_two_studies(gateway, pool)

    body = (await provenance(gateway.organizer, submission)).raise_for_status().json()

    stored = to_json(json.loads(BASELINE.read_text()))
    assert body["baseline"] == {"name": "official", "version": 1, "sha256": hashlib.sha256(stored).hexdigest()}
    assert (body["competition"], body["phase"], body["revision"]) == ("c", "feedback", 1)
    assert body["revision_code_version"] == code_version()
    assert (body["zip"]["filename"], body["zip"]["sha256"]) == ("optimizer.zip", SHA256)
    assert body["optimizer_images"] == ["sha256:0", "sha256:1"]
    assert {(each["optimizer_image"], each["blackbox_image"], each["studies"]) for each in body["ran_by"]} == {
        ("sha256:0", "sha256:2", 1),
        ("sha256:1", "sha256:2", 1),
    }
    assert {(each["optimizer_image"], each["environment"]) for each in body["ran_by"]} == {
        ("sha256:0", "modern"),
        ("sha256:1", None),
    }
    assert {(each["runner_code_version"], each["aggregator_code_version"]) for each in body["ran_by"]} == {
        ("abc", code_version())
    }
    assert body["competition_seed"] == "s"
    assert [(each["box"], each["seed"], each["optimizer_seed"]) for each in body["studies"]] == [
        (box, study_seed("s", case, 0), optimizer_seed("s", case, 0, SHA256)) for box, case in TEST_CASES.items()
    ]
    for each in body["studies"]:
        shown = (await gateway.organizer.get(f"/api/v1/admin/executions/{each['execution']}")).raise_for_status()
        (study,) = shown.json()["studies"]
        assert (study["seed"], study["optimizer_seed"]) == (each["seed"], each["optimizer_seed"])


async def test_a_team_sees_of_its_own_what_is_no_secret(gateway: Gateway, pool: Pool) -> None:
    team, submission = await run_two_studies(gateway, pool)

    body = (await provenance(team, submission)).raise_for_status().json()

    assert body.keys() == {
        *("submission_id", "competition", "phase", "team", "state", "score"),
        *("revision", "zip", "baseline", "environment", "parameter_names", "optimizer_images"),
    }
    assert (body["zip"]["sha256"], body["revision"], body["parameter_names"]) == (SHA256, 1, "visible")
    assert body["baseline"] == {"name": "official", "version": 1}
    assert (body["environment"], body["optimizer_images"]) == ("modern", ["sha256:0", "sha256:1"])
    shown = (await team.get(f"/api/v1/submissions/{submission}")).raise_for_status().json()
    assert (shown["environment"], shown["optimizer_images"]) == ("modern", ["sha256:0", "sha256:1"])
    assert (await provenance(await gateway.team("b"), submission)).status_code == 404


async def test_before_anything_ran_there_is_what_is_known(gateway: Gateway) -> None:
    await gateway.apply(competition())
    submission = (await submit(await gateway.team("a"))).raise_for_status().json()["id"]

    body = (await provenance(gateway.organizer, submission)).raise_for_status().json()

    assert (body["score"], body["ran_by"], body["studies"], body["optimizer_images"]) == (None, [], [], [])
    assert body["zip"]["sha256"] == SHA256
