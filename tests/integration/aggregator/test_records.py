"""What is on record beside a score: what studies used, and what ran them."""

from arena.version import code_version
from arena.words.execution import Provenance, Usage
from services.aggregator.service import Aggregator
from shared.database import Pool
from tests.support.seeding import seed_phase, seed_submission
from tests.support.services.results import all_results, release_all, result


async def test_the_signature_of_a_box_is_kept_the_first_time(pool: Pool, aggregator: Aggregator) -> None:
    seeded = await seed_phase(pool, boxes=1, studies_per_box=2)
    submission = await seed_submission(pool, seeded)
    first, second = await all_results(pool, submission)

    await aggregator.take_results([first.model_copy(update={"signature": [1.0, 2.0, 3.0, 4.0, 5.0]})])
    await aggregator.take_results([second.model_copy(update={"signature": [9.0] * 5})])

    assert await pool.fetchval("select signature from black_boxes") == [1.0, 2.0, 3.0, 4.0, 5.0]


async def test_an_execution_has_on_record_what_all_its_studies_used_and_what_ran_them(
    pool: Pool, aggregator: Aggregator
) -> None:
    seeded = await seed_phase(pool, boxes=1, studies_per_box=3, studies_per_shard=3)
    submission = await seed_submission(pool, seeded)
    ((box, _), shard), *_ = (await release_all(pool)).items()
    ran_by = Provenance(optimizer_image="o", blackbox_image="b", code_version="c", runtime="runc")
    studies = [
        result(submission, box, study, shard).model_copy(update={"usage": usage, "provenance": ran_by})
        for study, usage in enumerate(
            [Usage(cpu_s=1.0, memory_peak_bytes=30), Usage(cpu_s=0.5, memory_peak_bytes=40), Usage()]
        )
    ]

    await aggregator.take_results(studies[:1])
    await aggregator.take_results(studies[1:])

    (row,) = await pool.fetch("select outcome, cpu_s, memory_peak_bytes, provenance from executions")
    assert tuple(row) == ("done", 1.5, 40, ran_by.model_dump())
    rows = await pool.fetch("select cpu_s from studies order by study")
    assert [row["cpu_s"] for row in rows] == [1.0, 0.5, None]


async def test_the_cpu_time_of_a_studys_evaluations_is_stored_where_the_runner_knows_it(
    pool: Pool, aggregator: Aggregator
) -> None:
    seeded = await seed_phase(pool, boxes=1, studies_per_box=2, studies_per_shard=2)
    submission = await seed_submission(pool, seeded)
    ((box, _), shard), *_ = (await release_all(pool)).items()
    known, unknown = (result(submission, box, study, shard) for study in range(2))

    await aggregator.take_results([known.model_copy(update={"evaluation_cpu_s": 2.5}), unknown])

    rows = await pool.fetch("select evaluation_cpu_s from studies order by study")
    assert [row["evaluation_cpu_s"] for row in rows] == [2.5, None]


async def test_what_ran_each_study_and_what_scored_it_is_kept_even_of_an_attempt_that_did_not_end(
    pool: Pool, aggregator: Aggregator
) -> None:
    seeded = await seed_phase(pool, boxes=1, studies_per_box=4, studies_per_shard=4)
    submission = await seed_submission(pool, seeded)
    ((box, _), (shard, _)), *_ = (await release_all(pool)).items()
    await pool.execute("update shards set attempt = 2")
    old, new = (Provenance(optimizer_image=each, blackbox_image="b", code_version="c", runtime="r") for each in "12")
    ran_by = [old, new, new, None]
    studies = [
        result(submission, box, study, (shard, 1 if each is old else 2)).model_copy(update={"provenance": each})
        for study, each in enumerate(ran_by)
    ]

    await aggregator.take_results(studies[:2])
    await aggregator.take_results(studies)

    rows = await pool.fetch("select ran_by, scored_by, studies from provenances order by ran_by ->> 'optimizer_image'")
    assert [tuple(row) for row in rows] == [
        (old.model_dump(), code_version(), 1),
        (new.model_dump(), code_version(), 2),
        ({}, code_version(), 1),
    ]
