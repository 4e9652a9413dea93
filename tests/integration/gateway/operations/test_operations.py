"""What organizers see of the platform at work: runners that are there and gone, incidents page by page."""

from typing import Any
from uuid import UUID

import pytest

from services.gateway.paging import encode_cursor
from shared.database import Pool
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit

ADMIN = "/api/v1/admin"


async def ask(gateway: Gateway, path: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await gateway.organizer.get(f"{ADMIN}{path}")).raise_for_status().json()
    return answer


async def test_a_runner_that_is_silent_for_longer_than_a_lease_is_gone(gateway: Gateway, pool: Pool) -> None:
    await pool.execute(
        """
        insert into runners (id, slots, ready, reason, seen_at) values
            ('here', 2, true, '', now()), ('full', 2, false, 'the disk is full', now()),
            ('gone', 2, true, '', now() - interval '1 hour')
        """
    )

    for path in ("/runners", "/overview"):
        runners = {each["id"]: each for each in (await ask(gateway, path))["runners"]}
        assert {name: (each["ready"], each["state"]) for name, each in runners.items()} == {
            "here": (True, "ready"),
            "full": (False, "not_ready"),
            "gone": (False, "gone"),
        }
        assert runners["full"]["reason"] == "the disk is full"
        assert runners["gone"]["reason"].startswith("not heard of since 20")
    assert (await ask(gateway, "/overview"))["queue"]["slots"] == 2


async def test_runners_and_incidents_come_page_by_page(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    (await submit(await gateway.team("a"))).raise_for_status()
    await pool.execute(
        "insert into runners (id, slots, ready, reason) select 'r' || n, 1, true, '' from generate_series(1, 3) n"
    )
    await pool.execute(
        """
        insert into shards (submission_id, box_id, ordinal, first_study, n_studies, state, failures)
        select s.id, b.id, n, n, 1, 'incident', 3
        from submissions s, (select id from black_boxes limit 1) b, generate_series(1, 3) n
        """
    )

    for path, key in (("/runners", "id"), ("/incidents", "shard_id")):
        whole = [each[key] for each in (await ask(gateway, path))[path[1:]]]
        first = await ask(gateway, f"{path}?limit=2")
        rest = await ask(gateway, f"{path}?limit=2&cursor={first['next']}")
        assert [each[key] for each in first[path[1:]] + rest[path[1:]]] == whole
        assert (len(whole), rest["next"]) == (3, None)
        assert (await gateway.organizer.get(f"{ADMIN}{path}?cursor=nonsense")).status_code == 422


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/api/v1/admin/incidents", ("0001-01-01T00:00:00+14:00", str(UUID(int=1)))),
        ("/api/v1/admin/executions", ("2026-07-01T12:00:00Z", str(UUID(int=1)), 2**31)),
        ("/api/v1/submissions/{submission}/logs", ("box-01", 2**31, 1)),
    ],
)
async def test_a_cursor_that_postgres_would_not_take_is_refused(
    gateway: Gateway, path: str, key: tuple[str | int, ...]
) -> None:
    await gateway.apply(competition())
    submission = (await submit(await gateway.team("a"))).json()["id"]

    answer = await gateway.organizer.get(path.format(submission=submission), params={"cursor": encode_cursor(*key)})

    assert_problem(answer, 422, "Expected a cursor")
