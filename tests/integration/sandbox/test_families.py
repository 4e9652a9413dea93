"""Problem families on the real engine: what their images know, and that a runner finds those that start."""

import subprocess
from collections.abc import AsyncIterator

import pytest

from arena.sandbox.engine.containers import Engine, connect_engine
from arena.sandbox.engine.family import ask_family
from arena.sandbox.engine.images import FamilyMissing
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.study import InfrastructureFailure
from tests.support.stack import ROOT
from tests.support.waiting import LIMIT_S, SCORING_LIMIT_S


@pytest.fixture(scope="module", autouse=True)
def images() -> None:
    command: list[object] = ["bash", ROOT / "deploy" / "images.sh", "family-bbob", "family-ioh"]
    subprocess.run(list(map(str, command)), check=True, timeout=SCORING_LIMIT_S)


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    async with connect_engine(SandboxSettings("families-of-the-tests")) as engine:
        yield engine


@pytest.mark.parametrize(
    ("family", "known", "unknown"),
    [
        (
            "bbob",
            {"bbob-f01-d10-i3": -247.11, "bbob-mixint-f20-d10-i3": 20.838, "bbob-largescale-f24-d40-i3": 13.64},
            {},
        ),
        ("ioh", {"pbo-f01-d16-i1": -16.0, "sbox-f01-d10-i1": 79.48}, {"pbo-f22-d16-i1": None, "pbo-f24-d16-i1": None}),
    ],
)
async def test_a_family_knows_its_problems_and_the_optima_that_are_right(
    engine: Engine, family: str, known: dict[str, float], unknown: dict[str, None]
) -> None:
    names = [*known, *unknown, "bbob-f25-d10-i1", "pbo-f01-d17-i1"]

    described = (await ask_family(engine, family, {"describe": names}, LIMIT_S))["described"]

    assert {name: described[name]["best"] for name in known} == pytest.approx(known)
    assert {name: described[name]["best"] for name in unknown} == unknown
    assert (described["bbob-f25-d10-i1"], described["pbo-f01-d17-i1"]) == (None, None)


async def test_a_family_without_an_image_is_named_with_what_to_do(engine: Engine) -> None:
    with pytest.raises(FamilyMissing, match="arena images build family-none"):
        await ask_family(engine, "none", {"describe": []}, LIMIT_S)


async def test_a_family_that_fails_tells_why(engine: Engine) -> None:
    with pytest.raises(InfrastructureFailure, match="the problem family bbob failed"):
        await ask_family(engine, "bbob", {"describe": [["no name"]]}, LIMIT_S)
