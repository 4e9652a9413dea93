"""What a finished competition drops: what goes on without it, and what says that it was dropped."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from arena.sandbox.study import Fatal
from arena.words.verdicts import Verdict
from services.runner.blobs.source import open_blobs
from shared.blobs import BlobMissing, Blobs
from shared.broker.connection import Broker
from shared.database import Pool
from tests.support.backup.commands import make_backup
from tests.support.command_line import Arena
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway, gateway_with_baseline
from tests.support.gateway.submitting import make_zip, submit
from tests.support.service_settings import PlatformSettings
from tests.support.services.fake_slots import FailingSlot, StatedLossSlot
from tests.support.services.pipeline import control, runner, running
from tests.support.waiting import wait_until

LEADERBOARD = "/api/v1/competitions/c/leaderboard?phase=feedback"
ENDED = "select state = $2 from submissions where id = $1"
SAID = "by ARENA_ORGANIZER_TOKEN"


@pytest.fixture
async def gateway(settings: PlatformSettings) -> AsyncIterator[Gateway]:
    async with gateway_with_baseline(settings.gateway) as gateway:
        yield gateway


@pytest.fixture
async def submissions(gateway: Gateway, pool: Pool, broker: Broker, settings: PlatformSettings) -> dict[str, UUID]:
    """A finished competition with a submission that was scored and one that failed; both have logs."""
    await gateway.apply(competition(phase()))
    blobs = open_blobs(settings.runner)
    ids = {}
    slots = {"scored": StatedLossSlot(), "failed": FailingSlot(lambda: Fatal(Verdict.PROCESS_DIED, "exit code 1"))}
    for name, slot in slots.items():
        team = await gateway.team(name)
        content = make_zip(b"LOSS = 0.3" if name == "scored" else b"LOSS = 0.5")
        answer = await submit(team, content, phase="feedback")
        ids[name] = UUID(answer.raise_for_status().json()["id"])
        async with control(settings), running(runner(broker, blobs, settings, [slot]).run):
            await wait_until(partial(pool.fetchval, ENDED, ids[name], name), what=name)
    await pool.execute(
        "insert into study_logs (shard_id, attempt, study, submission_id, log) "
        "select id, 1, first_study, submission_id, repeat('fitted ', 100) from shards"
    )
    await pool.execute("update phases set closes_at = now() - interval '1 minute' where kind = 'competition'")
    await asyncio.to_thread(make_older, Path(settings.gateway.blob_url.removeprefix("file://")))
    return ids


def make_older(blobs: Path) -> None:
    """Make blobs two hours old."""
    two_hours_ago = time.time() - 7200
    for blob in blobs.iterdir():
        os.utime(blob, (two_hours_ago, two_hours_ago))


async def drop(gateway: Gateway, kind: str) -> httpx.Response:
    return await gateway.organizer.post("/api/v1/admin/competitions/c/retention/drop", json={"kind": kind})


async def execution_of(gateway: Gateway, submission: UUID) -> str:
    """Return one that ended with a result: where one of its studies is fatal, others of a submission have none."""
    answer = await gateway.organizer.get(f"/api/v1/admin/executions?submission={submission}")
    executions = answer.raise_for_status().json()["executions"]
    execution: str = next(each["id"] for each in executions if each["outcome"] in {"done", "fatal"})
    return execution


async def export(gateway: Gateway) -> list[str]:
    answer = await gateway.organizer.get("/api/v1/admin/competitions/c/phases/feedback/export")
    return answer.raise_for_status().text.splitlines()


@pytest.mark.parametrize("kind", ["logs", "suggestions", "zips"])
@pytest.mark.usefixtures("submissions")
async def test_scores_and_leaderboard_stay_to_the_last_byte(gateway: Gateway, kind: str) -> None:
    before = (await gateway.anyone.get(LEADERBOARD)).content
    assert b'"score":' in before

    progress = (await drop(gateway, kind)).raise_for_status().json()

    assert progress["rows"] > 0
    assert progress["size_bytes"] > 0
    assert progress["submissions_left"] == 0
    assert (await gateway.anyone.get(LEADERBOARD)).content == before
    again = (await drop(gateway, kind)).raise_for_status().json()
    assert (again["rows"], again["size_bytes"]) == (0, 0), "what is dropped is not counted twice"


async def test_a_log_that_was_dropped_says_so_wherever_it_is_read(
    gateway: Gateway, submissions: dict[str, UUID]
) -> None:
    (await drop(gateway, "logs")).raise_for_status()

    page = (await gateway.organizer.get(f"/api/v1/submissions/{submissions['scored']}/logs")).json()
    assert {SAID in each["log"] and "The logs were dropped on" in each["log"] for each in page["logs"]} == {True}
    execution = await execution_of(gateway, submissions["scored"])
    record = (await gateway.organizer.get(f"/api/v1/admin/executions/{execution}")).json()
    assert all(SAID in study["log"] for study in record["studies"])


@pytest.mark.usefixtures("submissions")
async def test_an_export_without_suggestions_says_so_and_is_still_scored_by_stock_bayesmark(
    gateway: Gateway, tmp_path: Path
) -> None:
    before = await export(gateway)
    (await drop(gateway, "suggestions")).raise_for_status()

    header, *studies = await export(gateway)

    assert json.loads(header)["suggestions_dropped"]["dropped_by"] == "ARENA_ORGANIZER_TOKEN"
    assert json.loads(before[0])["suggestions_dropped"] is None
    losses = [[json.loads(line)[name] for name in ("visible", "generalization")] for line in studies]
    assert losses == [[json.loads(line)[name] for name in ("visible", "generalization")] for line in before[1:]]
    arena = Arena(gateway.url)
    code, _, errors = await arena.run(
        *("export", tmp_path / "results", "--competition", "c", "--phase", "feedback", "--verify")
    )
    assert code == 0, errors
    assert "Suggestions were dropped on" in errors


async def test_a_replay_compares_losses_alone_where_suggestions_were_dropped(
    gateway: Gateway, pool: Pool, broker: Broker, settings: PlatformSettings, submissions: dict[str, UUID]
) -> None:
    (await drop(gateway, "suggestions")).raise_for_status()
    execution = await execution_of(gateway, submissions["scored"])

    blobs = open_blobs(settings.runner)
    async with control(settings), running(runner(broker, blobs, settings, [StatedLossSlot()]).run):
        code, output, errors = await Arena(gateway.url).run("replay", execution)

    assert code == 0, errors
    assert "Identical, bit for bit" in output
    assert "Losses alone were compared: suggestions were dropped on" in output
    assert SAID in output
    replay = await pool.fetchval("select submission_id from organizer_runs where purpose = 'replay'")
    compared = (await gateway.organizer.get(f"/api/v1/admin/replays/{replay}")).json()
    assert compared["suggestions_dropped"]["dropped_by"] == "ARENA_ORGANIZER_TOKEN"


async def test_a_submission_whose_zip_was_dropped_is_not_run_again_and_says_why(
    gateway: Gateway, pool: Pool, settings: PlatformSettings, submissions: dict[str, UUID]
) -> None:
    names = {row["state"]: row["blob_sha256"] for row in await pool.fetch("select state, blob_sha256 from submissions")}

    (await drop(gateway, "zips")).raise_for_status()

    blobs = Blobs(settings.gateway.blob_url)
    await blobs.open(names["scored"])
    with pytest.raises(BlobMissing):
        await blobs.open(names["failed"])
    failed = await execution_of(gateway, submissions["failed"])
    answer = await gateway.organizer.post(f"/api/v1/admin/executions/{failed}/replay")
    assert answer.status_code == 409
    assert answer.json()["code"] == "zip_dropped"
    assert SAID in answer.json()["detail"]
    scored = await execution_of(gateway, submissions["scored"])
    assert (await gateway.organizer.post(f"/api/v1/admin/executions/{scored}/replay")).status_code == 202
    assert (await gateway.organizer.get(f"/api/v1/submissions/{submissions['failed']}")).status_code == 200


async def test_a_zip_that_another_competition_needs_is_kept(
    gateway: Gateway, pool: Pool, settings: PlatformSettings, submissions: dict[str, UUID]
) -> None:
    await gateway.apply(competition(phase()), slug="other")
    team = await gateway.team("same", slug="other")
    (await submit(team, make_zip(b"LOSS = 0.5"), slug="other", phase="feedback")).raise_for_status()
    name = await pool.fetchval("select blob_sha256 from submissions where id = $1", submissions["failed"])

    kept = (await gateway.organizer.get("/api/v1/admin/competitions/c/retention")).json()["data"]
    progress = (await drop(gateway, "zips")).raise_for_status().json()

    assert [each["rows"] for each in kept if each["kind"] == "zips"] == [0]
    assert progress["rows"] == 0
    await Blobs(settings.gateway.blob_url).open(name)


@pytest.mark.usefixtures("submissions")
async def test_a_backup_after_zips_were_dropped_does_not_miss_them(
    gateway: Gateway, settings: PlatformSettings, tmp_path: Path, database_url: str
) -> None:
    before = await asyncio.to_thread(make_backup, tmp_path / "backup", database_url, settings.gateway.blob_url)
    (await drop(gateway, "zips")).raise_for_status()

    after = await asyncio.to_thread(make_backup, tmp_path / "backup", database_url, settings.gateway.blob_url)

    assert (len(before.blobs), len(after.blobs)) == (2, 1)
    assert after.missing_blobs == ()
    assert len(list((tmp_path / "backup" / "blobs").iterdir())) == 1


@pytest.mark.usefixtures("submissions")
async def test_no_zip_is_deleted_while_a_backup_copies_them(gateway: Gateway, pool: Pool) -> None:
    async with pool.acquire() as backup, backup.transaction():
        await backup.execute("select pg_advisory_xact_lock_shared(hashtext('blobs'))")

        answer = await drop(gateway, "zips")

        assert answer.status_code == 409
        assert answer.json()["code"] == "backup_runs"
    assert (await drop(gateway, "zips")).raise_for_status().json()["rows"] == 1


@pytest.mark.usefixtures("submissions")
async def test_nothing_is_dropped_before_the_competition_is_finished(gateway: Gateway, pool: Pool) -> None:
    await pool.execute("update phases set closes_at = null where kind = 'competition'")

    answer = await drop(gateway, "logs")

    assert answer.status_code == 409
    assert answer.json()["code"] == "competition_unfinished"
    assert "phase feedback has no end" in answer.json()["detail"]
    assert await pool.fetchval("select count(*) from study_logs where dropped") == 0


@pytest.mark.usefixtures("submissions")
async def test_the_command_says_first_what_is_lost_and_how_much_is_freed(gateway: Gateway, pool: Pool) -> None:
    arena = Arena(gateway.url)
    code, output, errors = await arena.run("competition", "prune", "c", "--drop", "logs,suggestions", "--dry-run")
    assert code == 0, errors
    assert "cannot be read any more" in errors
    assert "a replay compares losses alone" in errors
    assert "nothing was dropped" in errors
    sizes = {line.split("\t")[0]: int(line.split("\t")[2].replace(",", "")) for line in output.splitlines()[1:]}

    refused, _, why = await arena.run("competition", "prune", "c", "--drop", "logs,suggestions")
    assert refused == 1
    assert "--yes" in why
    assert await pool.fetchval("select count(*) from dropped_data") == 0
    dropped = await arena.json("competition", "prune", "c", "--drop", "logs,suggestions", "--yes")

    assert {kind: each["size_bytes"] for kind, each in dropped["dropped"].items()} == sizes
    assert await pool.fetchval("select count(*) from studies where suggestions is not null") == 0
