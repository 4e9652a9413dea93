"""What an organizer exports of a phase."""

import json

from services.dispatcher import tables as dispatcher_tables
from shared.database import Pool
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit


async def test_an_export_of_a_phase_without_scores_is_its_header(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    other = "update black_boxes set family = 'bbob', model = 'bbob-f01-d2-i3', dataset = '', metric = ''"
    await pool.execute(f"{other} where label = 'box-02'")
    identity = (await submit(await gateway.team("a"))).json()["id"]
    path = "/api/v1/admin/competitions/c/phases/feedback/export"

    (header,) = (json.loads(line) for line in (await gateway.organizer.get(path)).text.splitlines())

    assert header["baseline"] == {"name": "official", "version": 1}
    assert [(box["box"], box["family"], box["model"]) for box in header["boxes"]] == [
        ("box-01", "sklearn", "DT"),
        ("box-02", "bbob", "bbob-f01-d2-i3"),
    ]
    assert_problem(await gateway.organizer.get(f"{path}?submission={identity}"), 409)
    assert_problem(await gateway.organizer.get(path.replace("feedback", "final")), 404)


async def test_an_export_has_the_cpu_time_of_each_studys_evaluations(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    identity = (await submit(await gateway.team("a"))).json()["id"]
    await dispatcher_tables.expand_waiting(pool)
    await pool.execute(
        """
        insert into studies (
            submission_id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s,
            suggest_time_s, observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors, observe_errors,
            loss, change, evaluation_cpu_s
        )
        select
            submission_id, box_id, first_study, id, 1, 'runner', '{{0}}', '{{0}}', '{{9}}', '{0}', '{0}', 0, '[]',
            false, 0, 0, 0, 1, 2.5
        from shards
        """
    )
    await pool.execute("update submissions set state = 'scored', verdict = 'scored', score = 1, ended_at = now()")
    path = f"/api/v1/admin/competitions/c/phases/feedback/export?submission={identity}"

    _, *studies = (json.loads(line) for line in (await gateway.organizer.get(path)).text.splitlines())

    assert {study["evaluation_cpu_s"] for study in studies} == {2.5}
