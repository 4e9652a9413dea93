"""A finished competition becomes an archive, which verifies, and which one changed byte betrays."""

import json
from pathlib import Path

import pytest

from shared.blobs import Blobs
from shared.broker.connection import Broker
from shared.database import Pool
from tests.support.command_line import Arena, write_optimizer
from tests.support.field_tools.environment import run_tool
from tests.support.gateway.competitions import NLL_BOXES, competition
from tests.support.gateway.running import Gateway
from tests.support.service_settings import PlatformSettings
from tests.support.services.fake_slots import StatedLossSlot
from tests.support.services.pipeline import scoring

AGREES = {"open": True, "closed": False}
READ_CRATE = "from rocrate.rocrate import ROCrate; print(len(ROCrate('archive').data_entities))"


@pytest.fixture
async def archive(
    gateway: Gateway, settings: PlatformSettings, runner_broker: Broker, blobs: Blobs, pool: Pool, tmp_path: Path
) -> Path:
    """The archive of a competition in which two teams were scored, one of which agreed that its zip is published."""
    await gateway.apply(competition(black_boxes=NLL_BOXES))
    organizer = Arena(gateway.url, tmp_path)
    async with scoring(settings, runner_broker, blobs, StatedLossSlot()):
        for number, (name, agrees) in enumerate(AGREES.items()):
            token = (await organizer.json("team", "create", name, "--competition", "c"))["token"]
            optimizer = write_optimizer(tmp_path, f"optimizer-{number}", f"LOSS = {0.3 + 0.1 * number}")
            publish = ["--publish-zip"] if agrees else []
            await Arena(gateway.url, tmp_path, token).json(
                "submit", optimizer, "--competition", "c", "--watch", *publish
            )
    code, _, errors = await organizer.run("archive", "c", "archive")
    assert code == 1
    assert "no end" in errors, "the competition is not finished"
    await pool.execute("update phases set closes_at = now() - interval '1 minute' where kind = 'competition'")
    code, _, errors = await organizer.run("archive", "c", "archive")
    assert code == 0, errors
    return tmp_path / "archive"


async def test_an_archive_verifies_without_a_platform_until_one_byte_changes(archive: Path) -> None:
    nowhere = Arena("http://nowhere.invalid", archive.parent)

    found = await nowhere.json("archive", "verify", "archive", "--no-replay")
    assert (found["scores"], found["faults"], found["right"]) == (2, [], True)

    submissions = json.loads((archive / "results/feedback/submissions.json").read_text())
    assert {each["team"]: each["zip_published"] for each in submissions} == AGREES
    assert [path.stem for path in (archive / "zips").iterdir()] == [
        each["zip_sha256"] for each in submissions if each["team"] == "open"
    ]
    changed = archive / "results/feedback" / f"{submissions[0]['id']}.ndjson.gz"
    content = bytearray(changed.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(content)
    code, _, errors = await nowhere.run("archive", "verify", "archive", "--no-replay")
    assert code == 1
    assert f"results/feedback/{submissions[0]['id']}.ndjson.gz has changed" in errors
    assert f"of {submissions[0]['team']} in feedback, score {submissions[0]['score']}" in errors


async def test_libraries_read_what_an_archive_says_of_itself(archive: Path) -> None:
    files = json.loads((archive / "manifest.json").read_text())["files"]

    assert int(run_tool("-c", READ_CRATE, folder=archive.parent)) == len(files) - 1, "all but the metadata itself"
    run_tool("-m", "cffconvert.cli.cli", "--validate", "-i", "archive/CITATION.cff", folder=archive.parent)
    assert json.loads((archive / ".zenodo.json").read_text())["upload_type"] == "dataset"
