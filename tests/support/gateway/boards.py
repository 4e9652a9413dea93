"""Submissions with studies whose losses a test states, as the aggregator leaves them, and what boards show of them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.dispatcher.tables import expand_waiting
from shared.database import Pool
from tests.support.seeding import Seeded, seed_submission

Curve = Sequence[float]


async def add_studies(
    pool: Pool,
    submission: UUID,
    visible: Mapping[str, Sequence[Curve]],
    generalization: Mapping[str, Sequence[Curve]] | None = None,
) -> None:
    """Store studies of a submission: for each label of a black box and each study a loss for each iteration.

    With a baseline by which losses are rescaled already; each iteration has two suggestions, the second worse.
    """
    await expand_waiting(pool)
    for label, studies in visible.items():
        for number, curve in enumerate(studies):
            held_out = generalization[label][number] if generalization else curve
            await pool.execute(
                """
                insert into studies (
                    submission_id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s,
                    suggest_time_s, observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors,
                    observe_errors, loss, curve, change
                )
                select
                    sh.submission_id, sh.box_id, sh.first_study, sh.id, 1, 'r', $4, $5, '{{0}}', '{0}', '{0}', 0, '[]',
                    false, 0, 0,
                    case when kind = 'competition' then $6::double precision end,
                    case when kind = 'competition' then $7::real[] end,
                    (select next_change(s.phase_id))
                from shards sh
                join black_boxes b on b.id = sh.box_id
                join submissions s on s.id = sh.submission_id
                join phases p on p.id = s.phase_id
                where sh.submission_id = $1 and b.label = $2 and sh.first_study = $3 + p.first_study
                """,
                submission,
                label,
                number,
                [[loss, loss + 1] for loss in curve],
                [[loss, loss + 1] for loss in held_out],
                min(curve),
                [min(curve[: n + 1]) for n in range(len(curve))],
            )
    await pool.execute(
        """
        update submissions s
        set state = 'running', started_at = coalesce(started_at, now()), change = next_change(phase_id),
            studies_done = (select count(*) from studies st where st.submission_id = s.id),
            score = 100 * (1 - (select avg(loss) from studies st where st.submission_id = s.id))
        where id = $1
        """,
        submission,
    )


async def end_scored(pool: Pool, submission: UUID) -> None:
    """End a submission whose studies are all there."""
    await pool.execute(
        """
        update submissions set state = 'scored', verdict = 'scored', ended_at = now(), change = next_change(phase_id)
        where id = $1
        """,
        submission,
    )
    await pool.execute(
        """
        insert into box_scores (submission_id, box_id, studies, loss)
        select submission_id, box_id, count(*), avg(loss) from studies where submission_id = $1 and loss is not null
        group by submission_id, box_id
        """,
        submission,
    )


async def seed_scored(pool: Pool, seeded: Seeded, team: str, visible: Mapping[str, Sequence[Curve]]) -> UUID:
    """Seed a submission that is scored, with these losses."""
    submission = await seed_submission(pool, seeded, team)
    await add_studies(pool, submission, visible)
    await end_scored(pool, submission)
    return submission


async def state_boards(
    pool: Pool, seeded: Seeded, *boards: Mapping[str, object], rows: Sequence[Mapping[str, str]] = ()
) -> None:
    """Make a revision of a seeded competition that states boards and baseline rows."""
    await pool.execute(
        """
        insert into competition_revisions (competition_id, revision, document, code_version)
        select $1, coalesce(max(revision), 0) + 1, $2, 'tests' from competition_revisions where competition_id = $1
        """,
        seeded.competition_id,
        {"boards": list(boards), "baseline_rows": list(rows)},
    )


async def seed_baseline_run(
    pool: Pool, seeded: Seeded, row: Mapping[str, str], visible: Mapping[str, Sequence[Curve]], **phase: object
) -> UUID:
    """Seed the organizer run of a baseline row on one black box, with the seeded phase's budget but for `phase`."""
    label = next(iter(visible))
    size = {
        "n_calls": 3,
        "studies_per_box": len(visible[label]),
        "first_study": 0,
        "parameter_names": "visible",
    } | phase
    key = f"{row['sha256']} {label} {size}"
    run_phase = await pool.fetchval(
        """
        insert into phases (
            competition_id, name, position, visibility, kind, n_calls, n_suggestions, studies_per_box, first_study,
            studies_per_shard, limits, parameter_names
        )
        select
            competition_id, 'run ' || gen_random_uuid(), 0, 'organizer', 'organizer_run', $2, n_suggestions, $3, $4,
            studies_per_shard, limits, $5
        from phases where id = $1 returning id
        """,
        seeded.phase_id,
        *size.values(),
    )
    await pool.execute(
        "insert into phase_boxes (phase_id, box_id) select $1, id from black_boxes where label = $2", run_phase, label
    )
    submission: UUID = await pool.fetchval(
        """
        with organizers as (
            insert into teams (competition_id, name, internal) values ($1, '(organizer)', true)
            on conflict (competition_id, name) do update set internal = true returning id
        )
        insert into submissions (
            phase_id, team_id, blob_sha256, filename, size_bytes, studies_total, environment, change
        )
        select $2, id, $3, 'row.zip', 1, $4, $5, next_change($2) from organizers returning id
        """,
        seeded.competition_id,
        run_phase,
        row["sha256"],
        len(visible[label]),
        row["environment"],
    )
    await pool.execute(
        """
        insert into organizer_runs (key, competition_id, submission_id, purpose, document)
        values ($1, $2, $3, 'baseline-row', '{}')
        on conflict (key) do update set submission_id = excluded.submission_id, created_at = clock_timestamp()
        """,
        key,
        seeded.competition_id,
        submission,
    )
    await add_studies(pool, submission, visible)
    return submission
