"""Two organizers at once: nothing that one did is lost by the other, and whoever comes second is told."""

import asyncio
import os
import pty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.database import Pool
from tests.support.command_line import Arena
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import set_score
from tests.support.gateway.submitting import submit, teams_with_submissions
from tests.support.toml_text import toml_text
from tests.support.waiting import limited, wait_until

PHASE = ("--competition", "c", "--phase", "feedback")
WAITING = """
    select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')
"""


@pytest.fixture
def organizers(gateway: Gateway, tmp_path: Path) -> tuple[Arena, Arena]:
    return Arena(gateway.url, tmp_path), Arena(gateway.url, tmp_path)


def write_file(folder: Path, name: str, **changes: Any) -> Path:
    """Write one organizer's version of the competition's file."""
    file = folder / f"{name}.toml"
    file.write_text(toml_text({"slug": "c", **competition(phase(**changes))}))
    return file


@contextmanager
def terminal() -> Iterator[tuple[int, int]]:
    """Yield the two ends of a terminal: the one that types, and the one that a command reads."""
    ends = pty.openpty()
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


async def apply(gateway: Gateway, compared_with: int, **changes: Any) -> httpx.Response:
    """Apply a version of the competition that was compared with a revision."""
    body, query = competition(phase(**changes)), {"compared_with": compared_with}
    return await gateway.organizer.put("/api/v1/admin/competitions/c", json=body, params=query)


async def shown_phase(gateway: Gateway) -> dict[str, Any]:
    (shown,) = (await gateway.anyone.get("/api/v1/competitions/c")).json()["phases"]
    return dict(shown)


async def test_who_confirms_a_diff_that_another_organizer_has_overtaken_is_told_and_undoes_nothing(
    organizers: tuple[Arena, Arena], gateway: Gateway, tmp_path: Path
) -> None:
    first, second = organizers
    await first.json("competition", "apply", write_file(tmp_path, "both"))
    mine = write_file(tmp_path, "first", attempts_per_day=5)

    with terminal() as (keyboard, screen):
        asked = await first.start("competition", "apply", mine, stdin=screen)
        assert asked.stdout is not None
        async with limited():
            await asked.stdout.readuntil(b"Apply?")
            await second.json("competition", "apply", write_file(tmp_path, "second", scored_per_day=2))
            os.write(keyboard, b"y\n")
            _, errors = await asked.communicate()

    assert asked.returncode == 1
    assert "Somebody else has changed c meanwhile: it is at revision 2, and you have compared with revision 1." in (
        errors.decode()
    )
    now = await shown_phase(gateway)
    assert (now["attempts_per_day"], now["scored_per_day"]) == (None, 2)
    _, again, _ = await first.run("competition", "apply", mine, "--dry-run")
    assert "scored_per_day: 2" in again, "the next diff says what applying this file would undo"


@pytest.mark.parametrize("revision", [0, 1])
async def test_of_two_versions_applied_at_once_one_wins_and_the_other_is_refused(
    gateway: Gateway, revision: int
) -> None:
    if revision:
        (await gateway.apply(competition())).raise_for_status()

    answers = await asyncio.gather(*(apply(gateway, revision, attempts_per_day=each) for each in (5, 6)))

    won, refused = sorted(answers, key=lambda answer: answer.status_code)
    assert won.json()["revision"] == revision + 1
    assert_problem(refused, 409, "Somebody else has changed c meanwhile")
    assert (await shown_phase(gateway))["attempts_per_day"] == won.json()["phases"][0]["attempts_per_day"]


async def test_the_same_version_applied_twice_at_once_is_one_revision_and_nobody_is_refused(gateway: Gateway) -> None:
    answers = await asyncio.gather(*(apply(gateway, 0) for _ in range(2)))

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json()["revision"] for answer in answers] == [1, 1]


async def test_a_revision_that_comes_while_an_application_waits_for_its_turn_is_seen(
    gateway: Gateway, pool: Pool
) -> None:
    await gateway.apply(competition())

    async with pool.acquire() as other, other.transaction():
        await other.execute("select next_change(id) from phases")
        racing = asyncio.create_task(apply(gateway, 1, attempts_per_day=5))
        await wait_until(lambda: pool.fetchval(WAITING), what="the application waits for the phases")
        await other.execute(
            "insert into competition_revisions (competition_id, revision, document, code_version) "
            "select competition_id, 2, document, code_version from competition_revisions"
        )

    assert_problem(await racing, 409, "it is at revision 2")


async def test_a_submission_that_both_cancel_is_cancelled_once_and_both_are_told_so(
    organizers: tuple[Arena, Arena], gateway: Gateway, pool: Pool
) -> None:
    await gateway.apply(competition())
    submission = (await submit(await gateway.team("a"))).json()["id"]

    answers = await asyncio.gather(*(each.json("cancel", submission) for each in organizers))

    assert [answer["state"] for answer in answers] == ["cancelled", "cancelled"]
    assert await pool.fetchval("select count(*) from submission_events where event = 'cancelled'") == 1


async def test_a_leaderboard_that_both_freeze_is_frozen_since_the_first(
    organizers: tuple[Arena, Arena], gateway: Gateway
) -> None:
    await gateway.apply(competition())
    freeze = ("phase", "freeze", "feedback", "--competition", "c")

    answers = await asyncio.gather(*(each.json(*freeze) for each in organizers))

    assert answers[0]["frozen_at"] == answers[1]["frozen_at"] is not None


@pytest.mark.parametrize("act", ["apply", "discard"])
async def test_a_rescoring_that_both_settle_is_settled_once_and_the_second_is_told(
    organizers: tuple[Arena, Arena], gateway: Gateway, pool: Pool, act: str
) -> None:
    await gateway.apply(competition())
    for submission in (await teams_with_submissions(gateway, "a", "b")).values():
        await set_score(pool, submission, 50.0, "scored")
    started = await organizers[0].json("rescore", "start", *PHASE, "--studies-per-box", "1")
    for each in started["submissions"]:
        await set_score(pool, each["new_id"], 60.0, "scored")

    answers = await asyncio.gather(*(each.run("rescore", act, *PHASE) for each in organizers))

    (done, refused) = sorted(answers)
    assert (done[0], refused[0]) == (0, 1)
    assert "it was applied or discarded meanwhile" in refused[2]
    assert await pool.fetchval("select count(*) from phases where kind = 'archived'") == 1
