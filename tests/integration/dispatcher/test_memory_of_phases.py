"""The database and the services count the memory of a study alike."""

import pytest

from arena.words.limits import Limits
from shared.database import Pool
from shared.shard_class import GIBIBYTE, study_memory_mib
from tests.support.seeding import seed_phase

STEPS = [2**power * GIBIBYTE for power in range(11)]
LIMITS = [64 * 1024**2, *(step + more for step in STEPS for more in (-1, 0, 1, GIBIBYTE // 3)), 3 * GIBIBYTE]


async def test_the_database_and_the_services_count_the_memory_of_a_study_alike(pool: Pool) -> None:
    limits = [Limits(memory_limit_bytes=each) for each in LIMITS]

    counted = await pool.fetch(
        "select study_memory_mib(each) as mib from unnest($1::jsonb[]) with ordinality as l (each, n) order by n",
        [each.model_dump() for each in limits],
    )

    assert [row["mib"] for row in counted] == [study_memory_mib(each) for each in limits]


@pytest.mark.parametrize(("limit_gib", "memory_mib"), [(2, 6144), (3, 8192), (16, 20480)])
async def test_a_phase_has_the_memory_of_its_limits_whoever_writes_them(
    pool: Pool, limit_gib: int, memory_mib: int
) -> None:
    await seed_phase(pool)
    written = Limits(memory_limit_bytes=limit_gib * GIBIBYTE).model_dump()

    found = await pool.fetchval("update phases set limits = $1 returning memory_mib", written)

    assert found == memory_mib
