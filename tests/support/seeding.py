"""Rows for tests of the services behind the gateway: a competition with a phase, teams and submissions."""

from dataclasses import dataclass, field
from uuid import UUID

from arena.words.limits import Limits
from shared.database import Pool

BOXES = (("DT", "iris"), ("kNN", "iris"), ("DT", "wine"), ("kNN", "wine"))
CLIP, BEST = 1.0, 0.0


@dataclass(frozen=True)
class Seeded:
    """The ids of the inserted rows; boxes are in the order of their labels."""

    competition_id: UUID
    phase_id: UUID
    boxes: list[UUID]
    studies_total: int
    teams: dict[str, UUID] = field(default_factory=dict)


async def seed_phase(
    pool: Pool,
    *,
    boxes: int = 2,
    studies_per_box: int = 2,
    studies_per_shard: int = 1,
    n_calls: int = 3,
    n_suggestions: int = 2,
) -> Seeded:
    """Insert a competition with one open phase and a baseline with which losses in [0, 1] are already rescaled."""
    async with pool.acquire() as connection, connection.transaction():
        baseline = await connection.fetchval(
            "insert into baselines (name, version, source, document) values ('test', 1, 'tests', '{}') returning id"
        )
        competition = await connection.fetchval(
            "insert into competitions (slug, name, seed) values ('test', 'Test', 'seed') returning id"
        )
        phase = await connection.fetchval(
            """
            insert into phases (
                competition_id, name, position, visibility, baseline_id, n_calls, n_suggestions,
                studies_per_box, studies_per_shard, limits
            ) values ($1, 'feedback', 0, 'public', $2, $3, $4, $5, $6, $7) returning id
            """,
            competition,
            baseline,
            n_calls,
            n_suggestions,
            studies_per_box,
            studies_per_shard,
            Limits().model_dump(),
        )
        ids = []
        for number, (model, dataset) in enumerate(BOXES[:boxes]):
            box = await connection.fetchval(
                """
                insert into black_boxes (competition_id, label, model, dataset, metric)
                values ($1, $2, $3, $4, 'acc') returning id
                """,
                competition,
                f"box-{number:02}",
                model,
                dataset,
            )
            await connection.execute("insert into phase_boxes (phase_id, box_id) values ($1, $2)", phase, box)
            await connection.execute(
                """
                insert into baseline_boxes (baseline_id, test_case, objective, clip, best, iterations, signature)
                values ($1, $2, '_visible_to_opt', $3, $4, $5, '{0.1,0.2,0.3,0.4,0.5}')
                """,
                baseline,
                f"{model}_{dataset}_acc",
                CLIP,
                BEST,
                n_calls,
            )
            ids.append(box)
    return Seeded(competition, phase, ids, boxes * studies_per_box)


async def seed_submission(pool: Pool, seeded: Seeded, team: str = "team", blob_sha256: str = "0" * 64) -> UUID:
    """Queue a submission of a team, as the gateway does, but without a message."""
    async with pool.acquire() as connection, connection.transaction():
        if team not in seeded.teams:
            seeded.teams[team] = await connection.fetchval(
                "insert into teams (competition_id, name) values ($1, $2) returning id", seeded.competition_id, team
            )
        submission: UUID = await connection.fetchval(
            """
            insert into submissions (phase_id, team_id, blob_sha256, filename, size_bytes, studies_total, change)
            values ($1, $2, $3, 'optimizer.zip', 1, $4, next_change($1)) returning id
            """,
            seeded.phase_id,
            seeded.teams[team],
            blob_sha256,
            seeded.studies_total,
        )
    return submission
