"""A finished competition becomes an archive, which verifies, has nobody's data, and which one changed byte betrays."""

import fnmatch
import gzip
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from arena.archive.verification import verify_archive
from arena.failure import Failure
from shared.blobs import Blobs
from shared.broker.connection import connect_broker
from shared.database import Pool, connect_database
from tests.support.archives import change_byte, rewrite
from tests.support.backends import new_database, new_virtual_host
from tests.support.command_line import ORGANIZER, Arena, write_optimizer
from tests.support.csv_files import classification
from tests.support.field_tools.environment import run_tool
from tests.support.gateway.competitions import NLL_BOXES, phase
from tests.support.gateway.people import member, open_competition, with_waiting_emails
from tests.support.gateway.private_data import UNMISTAKABLE, add_rows, mark_columns
from tests.support.gateway.running import Gateway, gateway_with_baseline
from tests.support.service_settings import PlatformSettings, platform_settings
from tests.support.services.fake_slots import StatedLossSlot
from tests.support.services.pipeline import scoring

AGREES = {"open": True, "closed": False}
READ_CRATE = "from rocrate.rocrate import ROCrate; print(len(ROCrate('archive').data_entities))"
FINAL = ("--competition", "c", "--from", "feedback", "--phase", "final", "--top", "2", "--studies", "2")
OWN_DATA = "clf-mine"
OWN_BOX = {"label": "box-03", "model": "DT", "dataset": OWN_DATA, "metric": "acc"}
KINDS = {
    "competition/document.json": "what every score and every replay depends on",
    "competition/revisions.json": "the history of the competition",
    "baselines/official@1.json": "what every score of feedback and of final refers to",
    "data-sets/clf-mine.csv": "the data set clf-mine, on which no score depends",
    "environments/small/requirements.lock": "how the environment of every score of feedback and of final is built",
    "environments/small/Dockerfile": "how the environment of every score of feedback and of final is built",
    "environments/small/debian.txt": "how the environment of every score of feedback and of final is built",
    "results/*/leaderboard.json": "every rank of {phase}",
    "results/*/submissions.json": "every score of {phase}",
    "results/*/*.ndjson.gz": "the evaluations of {whose}",
    "results/*/*.provenance.json": "what ran {whose}",
    "results/final/final.json": "every rank of the final final",
    "results/final/report.html": "the report of the final final, which shows its scores and ranks",
    "zips/*.zip": "the zip of {whose}",
    "README.md": "a description, which touches no score",
    "CITATION.cff": "how to cite, which touches no score",
    ".zenodo.json": "metadata for Zenodo, which touches no score",
    "ro-crate-metadata.json": "metadata of an RO-Crate, which touches no score",
    "manifest.json": "together they touch every score",
    "manifest.sha256": "together they touch every score",
}
"""Each kind of file, and what a fault in one is said to touch."""


@dataclass(frozen=True)
class Made:
    """An archive, and secrets of those whose competition it was."""

    folder: Path
    secrets: tuple[str, ...]


@pytest.fixture(scope="module")
async def made(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The archive of a competition with a final and two teams, one of which agreed that its zip is published."""
    place = tmp_path_factory.mktemp("archive")
    async with new_database(template_database) as database_url:
        with new_virtual_host() as broker_url:
            settings = platform_settings(database_url, broker_url, place, sweep_interval_s=0.2)
            async with (
                gateway_with_baseline(with_waiting_emails(settings.gateway)) as gateway,
                await connect_database(settings.database_url) as pool,
            ):
                secrets = await run_competition(gateway, settings, pool, place)
                await add_rows(pool)
                await mark_columns(pool)
                organizer = Arena(gateway.url, place)
                code, _, errors = await organizer.run("archive", "c", "archive")
                assert code == 1
                assert "no end" in errors, "the competition is not finished"
                await pool.execute("update phases set closes_at = now() - interval '1 minute'")
                code, _, errors = await organizer.run("archive", "c", "archive")
                assert code == 0, errors
    return Made(place / "archive", (*secrets, ORGANIZER))


async def run_competition(gateway: Gateway, settings: PlatformSettings, pool: Pool, place: Path) -> list[str]:
    """Let two people's teams be scored, and then in a final; returns their tokens."""
    own = {"file": ("mine.csv", classification(), "text/csv")}
    uploaded = await gateway.organizer.post("/api/v1/admin/competitions/c/datasets", files=own, data={"name": OWN_DATA})
    body = open_competition() | {
        "datasets": [{"name": OWN_DATA, "sha256": uploaded.raise_for_status().json()["sha256"]}],
        "black_boxes": [*NLL_BOXES, OWN_BOX],
        "phases": [phase(), phase("final", visibility="organizer")],
    }
    (await gateway.apply(body)).raise_for_status()
    tokens = []
    async with (
        connect_broker(settings.runner.broker_url) as runner_broker,
        scoring(settings, runner_broker, Blobs(settings.runner.blob_url), StatedLossSlot()),
    ):
        for number, (name, agrees) in enumerate(AGREES.items()):
            person = await member(gateway, pool, f"{UNMISTAKABLE}-{name}@uni.example", name)
            tokens.append(
                (await person.call("POST", "/me/competitions/c/tokens", {"name": UNMISTAKABLE})).json()["token"]
            )
            optimizer = write_optimizer(place, f"{UNMISTAKABLE}-{number}", f"LOSS = {0.3 + 0.1 * number}")
            if not agrees:
                (optimizer / f"{UNMISTAKABLE}.py").touch()
            publish = ["--publish-zip"] if agrees else []
            arena = Arena(gateway.url, place, tokens[-1])
            await arena.json("submit", optimizer, "--competition", "c", "--phase", "feedback", "--watch", *publish)
        await Arena(gateway.url, place).json("final", *FINAL)
    return tokens


@pytest.fixture
def archive(made: Made, tmp_path: Path) -> Path:
    """A copy of the archive for one test."""
    return Path(shutil.copytree(made.folder, tmp_path / "archive"))


def read(archive: Path, path: str) -> Any:
    return json.loads((archive / path).read_text())


def find_kind(path: str) -> str | None:
    return next((kind for kind in KINDS if fnmatch.fnmatchcase(path, kind)), None)


async def test_an_archive_verifies_without_a_platform(archive: Path) -> None:
    nowhere = Arena("http://nowhere.invalid", archive.parent)

    found = await nowhere.json("archive", "verify", "archive", "--no-replay")

    assert (found["scores"], found["faults"], found["right"]) == (4, [], True)
    submissions = read(archive, "results/feedback/submissions.json")
    assert {each["team"]: each["zip_published"] for each in submissions} == AGREES
    assert [path.stem for path in (archive / "zips").iterdir()] == [
        each["zip_sha256"] for each in submissions if each["team"] == "open"
    ]
    assert [each["team"] for each in read(archive, "results/final/final.json")["finalists"]] == ["open", "closed"]
    report = (archive / "results/final/report.html").read_text()
    assert "DT_iris_nll" in report, "black boxes are revealed"


async def test_libraries_read_what_an_archive_says_of_itself(archive: Path) -> None:
    files = read(archive, "manifest.json")["files"]

    assert int(run_tool("-c", READ_CRATE, folder=archive.parent)) == len(files) - 1, "all but the metadata itself"
    run_tool("-m", "cffconvert.cli.cli", "--validate", "-i", "archive/CITATION.cff", folder=archive.parent)
    assert read(archive, ".zenodo.json")["upload_type"] == "dataset"


def contents(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Everything in an archive by its path: as it is, and unpacked."""
    for path in sorted(each for each in archive.rglob("*") if each.is_file()):
        name, content = path.relative_to(archive).as_posix(), path.read_bytes()
        yield name, name.encode() + content
        if path.suffix == ".gz":
            yield name, gzip.decompress(content)
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as file:
                yield from ((f"{name}/{each}", each.encode() + file.read(each)) for each in file.namelist())


def test_no_file_has_a_person_s_name_or_address_a_token_or_a_zip_that_was_not_to_be_published(made: Made) -> None:
    hidden = (UNMISTAKABLE, *made.secrets, "127.0.0.1")

    found = [(name, each) for name, content in contents(made.folder) for each in hidden if each.encode() in content]

    assert found == []


def test_every_file_is_of_a_kind_whose_changes_are_tried(made: Made) -> None:
    files = [path.relative_to(made.folder).as_posix() for path in made.folder.rglob("*") if path.is_file()]

    assert {find_kind(each) for each in files} == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_one_changed_byte_is_found_with_the_file_and_what_it_touches(archive: Path, kind: str) -> None:
    path = next(each for each in sorted(archive.glob(kind)) if each.is_file())
    name, phase_name = path.relative_to(archive).as_posix(), path.parent.name
    named = {each["path"]: each["touches"] for each in read(archive, "manifest.json")["files"]}
    whose = [
        f"submission {each['id']} of {each['team']} in {each['phase']}, score {each['score']}"
        for listed in sorted(archive.glob("results/*/submissions.json"))
        for each in json.loads(listed.read_text())
        if each["id"] in name or each["zip_sha256"] in name
    ]
    change_byte(path)

    if name.startswith("manifest"):
        with pytest.raises(Failure, match=KINDS[kind]):
            verify_archive(archive)
        return
    (fault,) = verify_archive(archive).faults

    assert fault.startswith(f"{name} has changed (expected SHA-256 ")
    assert fault.endswith(f"; it is {named[name]}")
    assert named[name] == KINDS[kind].format(phase=phase_name, whose=" and of ".join(whose))


def test_a_wrong_score_with_right_hashes_is_computed_again(archive: Path) -> None:
    submissions = read(archive, "results/feedback/submissions.json")
    board = read(archive, "results/feedback/leaderboard.json")
    (wrong,) = [each for each in submissions if each["team"] == "closed"]
    (row,) = [each for each in board["rows"] if each["team"] == "closed"]
    right = wrong["score"]
    wrong["score"] = row["score"] = right + 0.5
    rewrite(archive, "results/feedback/submissions.json", submissions)
    rewrite(archive, "results/feedback/leaderboard.json", board)

    faults = verify_archive(archive).faults

    whose = f"submission {wrong['id']} of closed in feedback"
    assert faults[0] == f"expected the score {right + 0.5} of {whose}, its evaluations give {right}"
    assert all("closed" in each for each in faults), "what the final says of the phase before differs, too"


def test_wrong_ranks_with_right_hashes_are_computed_again(archive: Path) -> None:
    board = read(archive, "results/final/leaderboard.json")
    first, second = board["rows"]
    first["rank"], second["rank"] = 2, 1
    rewrite(archive, "results/final/leaderboard.json", board)

    assert verify_archive(archive).faults == [
        f"expected rank {computed} and score {row['score']} of submission {row['submission_id']} of {row['team']} "
        f"on the leaderboard of final, found rank {row['rank']} and score {row['score']}"
        for computed, row in enumerate((first, second), start=1)
    ]


def test_a_submission_that_counts_for_nobody_has_no_rank(archive: Path) -> None:
    submissions = read(archive, "results/feedback/submissions.json")
    board = read(archive, "results/feedback/leaderboard.json")
    (hidden,) = [each for each in submissions if each["team"] == "closed"]
    hidden["counting"] = False
    rewrite(archive, "results/feedback/submissions.json", submissions)

    assert verify_archive(archive).faults == [
        f"the leaderboard of feedback ranks submission {hidden['id']}, which counts for no team"
    ], board


def test_a_status_of_the_final_that_is_not_that_of_its_studies_is_a_fault(archive: Path) -> None:
    final = read(archive, "results/final/final.json")
    best, second = final["finalists"]
    of_best = f"submission {best['submission_id']} of open in final"
    right = second["score"]

    final["finalists"] = [second, best]
    rewrite(archive, "results/final/final.json", final)
    (order,) = verify_archive(archive).faults
    final["finalists"] = [best, second]
    before = best["losses"]["box-01"]
    best["losses"]["box-01"] = [loss + 0.25 for loss in before]
    rewrite(archive, "results/final/final.json", final)
    (losses,) = verify_archive(archive).faults
    best["losses"]["box-01"], best["feedback_rank"] = before, 2
    rewrite(archive, "results/final/final.json", final)
    (rank,) = verify_archive(archive).faults
    best["feedback_rank"], second["score"] = 1, right - 0.5
    rewrite(archive, "results/final/final.json", final)
    (score,) = verify_archive(archive).faults

    assert order == "final.json of final has its finalists in another order than their scores give: open, closed"
    assert losses.startswith(f"expected the score {best['score']} of {of_best}, final.json has losses that give ")
    assert rank.startswith(f"final.json of final says rank 2 and score {best['feedback_score']} of open in feedback")
    assert score.startswith(f"expected the score {right} of submission {second['submission_id']} of closed in final")
    assert score.endswith(f"final.json says {right - 0.5}")
