"""A phase that closes while a submission runs, as its team and the organizer meet it by the commands."""

from pathlib import Path

from shared.blobs import Blobs
from shared.broker.connection import Broker
from shared.database import Pool
from tests.support.command_line import Arena, write_optimizer
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.service_settings import PlatformSettings
from tests.support.services.fake_slots import SlowSlot
from tests.support.services.pipeline import scoring
from tests.support.toml_text import toml_text
from tests.support.waiting import limited, wait_until

CLOSED = {"closes_at": "2026-01-01T00:00:00Z"}


def write_file(folder: Path, *phases: dict[str, object]) -> Path:
    """Write the competition's file."""
    file = folder / "competition.toml"
    file.write_text(toml_text({"slug": "c", **competition(*phases)}))
    return file


async def test_what_runs_when_its_phase_closes_is_scored_and_counts_and_nothing_more_is_taken(
    gateway: Gateway, pool: Pool, settings: PlatformSettings, runner_broker: Broker, blobs: Blobs, tmp_path: Path
) -> None:
    organizer = Arena(gateway.url, tmp_path)
    await organizer.json("competition", "apply", write_file(tmp_path, phase()))
    team = Arena(gateway.url, tmp_path, (await organizer.json("team", "create", "ada", "--competition", "c"))["token"])
    optimizer, slot = write_optimizer(tmp_path), SlowSlot()
    async with scoring(settings, runner_broker, blobs, slot):
        running = (await team.json("submit", optimizer, "--competition", "c"))["id"]
        waiting = (await team.json("submit", optimizer, "--competition", "c"))["id"]
        async with limited():
            await slot.started.wait()

        await organizer.json("competition", "apply", write_file(tmp_path, phase(**CLOSED)))
        late = await team.run("submit", optimizer, "--competition", "c")
        slot.go.set()
        watched = await team.json("watch", running, waiting)

    assert (late[0], late[2].count("\n")) == (1, 1)
    assert "feedback is closed since 2026-01-01T00:00:00Z" in late[2]
    assert [each["state"] for each in watched["submissions"]] == ["scored", "scored"]
    (row,) = (await team.json("leaderboard", "--competition", "c"))["rows"]
    assert (row["team"], row["rank"], row["submissions"]) == ("ada", 1, 2)
    assert await pool.fetchval("select count(*) from submissions") == 2


async def test_a_choice_is_too_late_for_what_ends_after_the_phase_has_closed(
    gateway: Gateway, pool: Pool, settings: PlatformSettings, runner_broker: Broker, blobs: Blobs, tmp_path: Path
) -> None:
    organizer = Arena(gateway.url, tmp_path)
    await organizer.json("competition", "apply", write_file(tmp_path, phase(counting="chosen")))
    team = Arena(gateway.url, tmp_path, (await organizer.json("team", "create", "ada", "--competition", "c"))["token"])
    slot = SlowSlot()
    async with scoring(settings, runner_broker, blobs, slot):
        running = (await team.json("submit", write_optimizer(tmp_path), "--competition", "c"))["id"]
        async with limited():
            await slot.started.wait()
        await organizer.json("competition", "apply", write_file(tmp_path, phase(counting="chosen", **CLOSED)))
        slot.go.set()
        await wait_until(lambda: pool.fetchval("select state = 'scored' from submissions"), what="scored")

    code, _, refused = await team.run("choose", running)
    (row,) = (await team.json("leaderboard", "--competition", "c"))["rows"]
    rules = (await gateway.anyone.get("/c/c/rules")).text

    assert (code, "feedback is closed since" in refused) == (1, True)
    assert row["submission_id"] == running, "the team has chosen nothing, so its best counts, and this is its only one"
    assert "Choose before the phase closes" in " ".join(rules.split())


async def test_with_no_phase_open_a_submission_is_told_when_each_one_closed_or_opens(
    gateway: Gateway, tmp_path: Path
) -> None:
    organizer = Arena(gateway.url, tmp_path)
    later = phase("later", opens_at="2099-01-01T00:00:00Z")
    await organizer.json("competition", "apply", write_file(tmp_path, phase(**CLOSED), later))
    team = Arena(gateway.url, tmp_path, (await organizer.json("team", "create", "ada", "--competition", "c"))["token"])

    code, _, refused = await team.run("submit", write_optimizer(tmp_path), "--competition", "c")

    assert code == 1
    assert "feedback is closed since 2026-01-01T00:00:00Z" in refused
    assert "later is closed until 2099-01-01T00:00:00Z" in refused
    assert "name it with --phase" in refused
