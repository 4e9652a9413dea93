"""What the API says of studies in which the optimizer ran out of time."""

from arena.words.cut_off import TimeLimit
from shared.database import Pool
from tests.support.gateway.executions import finish, release
from tests.support.gateway.running import Gateway
from tests.support.seeding import seed_phase, seed_submission


async def test_a_submission_says_which_limits_cut_its_studies_off_and_how_long_they_are(
    gateway: Gateway, pool: Pool
) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=2, studies_per_box=2))
    cuts = [TimeLimit.ITERATION, TimeLimit.STUDY, None, TimeLimit.ITERATION]
    shards = await release(pool)
    for shard, cut in zip(shards, cuts, strict=True):
        await finish(pool, *shard, timed_out=cut is not None, cut_off_by=cut)

    body = (await gateway.organizer.get(f"/api/v1/submissions/{submission}")).raise_for_status().json()
    boxes = (await gateway.organizer.get(f"/api/v1/submissions/{submission}/boxes")).raise_for_status().json()
    execution = f"/api/v1/admin/executions/{shards[0][3].shard_id}:1"
    (study,) = (await gateway.organizer.get(execution)).raise_for_status().json()["studies"]

    assert body["studies_timed_out"] == 3
    assert body["cut_offs"] == [
        {"limit": "iteration", "seconds": 40, "studies": 2},
        {"limit": "study", "seconds": 640, "studies": 1},
    ]
    assert (boxes["study_timeout_s"], boxes["iteration_timeout_s"]) == (640, 40)
    assert (study["finished"]["timed_out"], study["finished"]["cut_off_by"]) == (True, "iteration")
