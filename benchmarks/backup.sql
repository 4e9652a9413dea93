-- name: insert_points(n_points)!
-- Suggestions and losses of different studies, of usual size: 16 iterations of 8 points with four parameters. Each is
-- drawn anew, because the inner selects depend on the outer row.
insert into points (number, suggestions, losses)
select
    number,
    (
        select json_agg(iteration) from (
            select json_agg(json_build_object(
                'max_depth', (random() * 15)::int, 'min_samples_split', random(), 'min_samples_leaf', random(),
                'max_features', random()
            )) as iteration
            from generate_series(1, 16) i cross join generate_series(1, 8) j where number >= 0 group by i
        ) iterations
    ),
    (
        select array_agg(losses) from (
            select array_agg(random()) as losses
            from generate_series(1, 16) i cross join generate_series(1, 8) j where number >= 0 group by i
        ) iterations
    )
from generate_series(0, :n_points::integer - 1) number;

-- name: insert_submissions(phase_id, blobs)!
-- Scored submissions with 300 studies each, one for each blob.
with scored as (
    insert into submissions (
        phase_id, team_id, blob_sha256, filename, size_bytes, state, verdict, score, score_low, score_high,
        studies_total, studies_done, expanded_at, started_at, ended_at, change
    )
    select
        :phase_id, (select id from teams order by name limit 1), blob, 'optimizer.zip', 100000, 'scored', 'scored',
        50 + 50 * random(), 40, 100, 300, 300, now(), now(), now(), 1
    from unnest(:blobs::text[]) blob
    returning id
)
insert into shards (submission_id, box_id, ordinal, first_study, n_studies, studies_done, state, attempt)
select scored.id, pb.box_id, study, study, 1, 1, 'done', 1
from scored, phase_boxes pb, generate_series(0, 9) study;

-- name: insert_executions()!
-- An execution of each shard.
insert into executions (shard_id, attempt, runner_id, outcome, detail, released_at, provenance)
select id, 1, 'runner-1', 'done', '', now(), '{"optimizer_image": "sha256:0123456789abcdef", "code_version": "0123456789ab"}'
from shards;

-- name: insert_studies()!
-- The study of each shard, in an order in which no two alike are neighbours, which would compress too well.
insert into studies (
    submission_id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s, suggest_time_s,
    observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors, observe_errors, loss, change, curve
)
select
    sh.submission_id, sh.box_id, sh.first_study, sh.id, 1, 'runner-1', p.losses, q.losses, r.losses,
    array_fill(0.1234::double precision, array[16]), array_fill(0.1234::double precision, array[16]), 0.1,
    p.suggestions, false, 0, 0, random(), 1, array_fill(0.5::real, array[16])
from shards sh
join points p on p.number = hashtext(sh.id::text) & 63
join points q on q.number = hashtext(sh.id::text) >> 6 & 63
join points r on r.number = hashtext(sh.id::text) >> 12 & 63
order by sh.id;
