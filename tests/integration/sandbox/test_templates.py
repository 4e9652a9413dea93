"""What `arena new --with` writes, each in the sandbox of its own environment, on a real black box."""

from dataclasses import replace
from pathlib import Path

import pytest

from arena.commands.participant.new import LIBRARIES, new
from arena.images.build import build_images
from arena.images.definition import installed_definitions
from arena.rules.arena_toml import parse_environment
from arena.sandbox.slot import Slot
from arena.sandbox.study import StudyOutcome, StudySpec
from arena.words.environments import DEFAULT_ENVIRONMENT
from tests.support.sandbox.studies import make_study
from tests.support.stack import ROOT
from tests.support.zips import pack

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVERY_SPACE = ROOT / "tests" / "support" / "sandbox" / "every_space" / "optimizer.py"
ENVIRONMENTS = ("small", "modern")
QUICK = ("lasso", "diabetes", "mse")
"""It answers at once, and has booleans, integers and logarithms."""
MODELLED = 4
"""The libraries begin with 16 random points, so that the third batch of 8 is the first of a model's."""
MODELLED_AFTER_FAILURES = 6
"""If the first batch fails, and one of each other, the fifth is the first of a model's."""


@pytest.fixture(scope="module", autouse=True)
def environments() -> None:
    """The environments' images, built if they are not there or their inputs have changed."""
    build_images(installed_definitions(), ENVIRONMENTS, lambda _: None)


def template(folder: Path, library: str) -> dict[str, bytes]:
    new(folder / library, library)
    return {path.name: path.read_bytes() for path in (folder / library).iterdir()}


def study(files: dict[str, bytes], box: tuple[str, str, str], n_calls: int, n_suggestions: int = 8) -> StudySpec:
    """Return a study with limits that do not depend on how fast this machine is."""
    environment = parse_environment(files.get("arena.toml", b"")) or DEFAULT_ENVIRONMENT
    spec = make_study(box, n_calls=n_calls, iteration_timeout_s=600, study_timeout_s=1200)
    return replace(spec, n_suggestions=n_suggestions, environment=environment)


def faults(outcome: StudyOutcome) -> tuple[int, int, str | None]:
    return outcome.suggest_errors, outcome.observe_errors, outcome.cut_off_by


@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_template_makes_no_error_in_its_environment_and_suggests_the_same_again(
    slot: Slot, tmp_path: Path, library: str
) -> None:
    files = template(tmp_path, library)
    spec, content = study(files, QUICK, MODELLED), pack(dict(files))

    first, again = [await slot.run_study(spec, content) for _ in range(2)]

    assert faults(first) == (0, 0, None), first.log
    assert first.suggestions == again.suggestions


@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_template_stays_within_every_type_and_scale_and_survives_failed_evaluations(
    slot: Slot, tmp_path: Path, library: str
) -> None:
    files = template(tmp_path, library)
    spec = study(files, QUICK, MODELLED_AFTER_FAILURES)
    tried = files | {"template.py": files["optimizer.py"], "optimizer.py": EVERY_SPACE.read_bytes()}

    outcome = await slot.run_study(spec, pack(dict(tried)))

    assert faults(outcome) == (0, 0, None), outcome.log


async def test_smac_goes_on_when_it_has_tried_every_point_of_a_small_space(slot: Slot, tmp_path: Path) -> None:
    files = template(tmp_path, "smac")

    outcome = await slot.run_study(study(files, ("kNN", "wine", "acc"), 4, 32), pack(dict(files)))

    assert faults(outcome) == (0, 0, None), outcome.log
