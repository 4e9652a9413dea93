"""The organizer's lists come page by page: every row once, in the order of the whole list."""

import json
from typing import Any

import pytest

from shared.database import Pool
from tests.support.gateway.competitions import BASELINE, competition
from tests.support.gateway.running import Gateway

ADMIN = "/api/v1/admin"
LISTS = {
    "/api/v1/competitions": "competitions",
    f"{ADMIN}/competitions/c/revisions": "revisions",
    f"{ADMIN}/competitions/c/black-boxes": "black_boxes",
    f"{ADMIN}/competitions/c/datasets": "datasets",
    f"{ADMIN}/competitions/c/organizer-runs": "organizer_runs",
    f"{ADMIN}/baselines": "baselines",
}


async def ask(gateway: Gateway, path: str, **query: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await gateway.organizer.get(path, params=query)).raise_for_status().json()
    return answer


@pytest.fixture
async def filled(gateway: Gateway, pool: Pool) -> Gateway:
    """A gateway with three rows or more in each list."""
    for version in ("1", "2", "3"):
        (await gateway.apply(competition(name=f"C {version}"))).raise_for_status()
        (await gateway.apply(competition(), slug=f"d{version}")).raise_for_status()
        body = {"name": "other", "source": "test", "document": json.loads(BASELINE.read_text())}
        (await gateway.organizer.post(f"{ADMIN}/baselines", json=body)).raise_for_status()
    await pool.execute(
        """
        insert into black_boxes (competition_id, label, model, dataset, metric)
        select id, 'more', 'RF', 'wine', 'acc' from competitions where slug = 'c'
        """
    )
    await pool.execute(
        """
        insert into datasets (competition_slug, name, blob_sha256, n_rows, n_features)
        select 'c', 'clf-a', 'hash ' || n, 10, 2 from generate_series(1, 3) n
        """
    )
    # All in one statement: the same time for each, so that the second part of the key decides.
    await pool.execute(
        """
        with runs as (select id from competitions where slug = 'c'),
        team as (insert into teams (competition_id, name, internal) select id, 't', true from runs returning id),
        phase as (
            insert into phases (
                competition_id, name, position, visibility, kind, n_calls, n_suggestions, studies_per_box,
                studies_per_shard, limits
            )
            select id, 'r', 0, 'organizer', 'organizer_run', 1, 1, 1, 1, '{}' from runs returning id
        ),
        submission as (
            insert into submissions (phase_id, team_id, blob_sha256, filename, size_bytes, studies_total, change)
            select phase.id, team.id, '', '', 1, 1, 1 from phase, team returning id
        )
        insert into organizer_runs (key, competition_id, submission_id, purpose, document)
        select 'key ' || n, runs.id, submission.id, 'estimate', '{}' from runs, submission, generate_series(1, 3) n
        """
    )
    return gateway


async def test_every_list_comes_page_by_page(filled: Gateway) -> None:
    for path, name in LISTS.items():
        whole = await ask(filled, path)
        assert len(whole[name]) >= 3, path
        assert whole["next"] is None, path

        paged: list[Any] = []
        query: dict[str, Any] = {"limit": 1}
        while True:
            page = await ask(filled, path, **query)
            paged += page[name]
            if page["next"] is None:
                break
            query["cursor"] = page["next"]
        assert paged == whole[name], path


@pytest.mark.parametrize("cursor", ["nonsense", "W10", "WyIxIiwyLDNd"])
async def test_a_cursor_of_another_list_is_422(gateway: Gateway, cursor: str) -> None:
    await gateway.apply(competition())
    for path in [path for path in LISTS if not path.endswith(("competitions", "black-boxes"))]:
        assert (await gateway.organizer.get(path, params={"cursor": cursor})).status_code == 422, path
