"""The API answers as its description says: one request made from it for every route, and the bodies of real studies."""

from pathlib import Path

from tests.support.gateway.competitions import competition
from tests.support.gateway.fuzzing import fuzz
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit


async def test_every_route_answers_as_the_description_says(gateway: Gateway, tmp_path: Path) -> None:
    await gateway.apply(competition())
    (await submit(await gateway.team("a"))).raise_for_status()
    token = gateway.organizer.headers["Authorization"]

    status, output = await fuzz(gateway, tmp_path, token, "--max-examples", "1", "--phases", "examples,fuzzing")

    assert status == 0, output
    (await gateway.organizer.get("/api/v1/admin/tokens")).raise_for_status()  # else nothing was asked with a good token
