-- name: expand(submission_id)!
-- One shard for each black box of a submission that is running.
with running as (
    update submissions set state = 'running', expanded_at = now(), started_at = now() where id = :submission_id
    returning id, phase_id
)
insert into shards (submission_id, box_id, ordinal, first_study, n_studies, state, attempt, released_at, taken_at)
select running.id, pb.box_id, row_number() over (order by pb.box_id), p.first_study, p.studies_per_box, 'running', 1, now(), now()
from running join phases p on p.id = running.phase_id join phase_boxes pb on pb.phase_id = p.id;

-- name: finish_studies(submission_id, count)$
-- Finishes `count` more studies in the order of their numbers, with realistic curves, as one change of the phase.
with chosen as materialized (
    select s.id as submission_id, s.phase_id, sh.id as shard_id, sh.box_id, numbers.study, sh.ordinal, random() as luck
    from submissions s
    join shards sh on sh.submission_id = s.id
    cross join lateral generate_series(sh.first_study, sh.first_study + sh.n_studies - 1) as numbers (study)
    where s.id = :submission_id
        and not exists (
            select from studies st where st.submission_id = s.id and st.box_id = sh.box_id and st.study = numbers.study
        )
    order by numbers.study, sh.ordinal
    limit :count
),
numbered as materialized (
    select phase_id, next_change(phase_id) as change from (select distinct phase_id from chosen) phase
),
drawn as materialized (
    select
        chosen.*, numbered.change,
        (
            select array_agg(
                (0.5 * luck ^ 4 + (0.15 + 0.6 * luck) * exp(-iteration * (0.15 + 0.02 * (ordinal % 7))))::real
                order by iteration
            )
            from generate_series(0, 15) iteration
        ) as curve
    from chosen join numbered using (phase_id)
),
inserted as (
    insert into studies (
        submission_id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s,
        suggest_time_s, observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors, observe_errors, loss,
        curve, change
    )
    select
        submission_id, box_id, study, shard_id, 1, 'bench', '{{0.5}}', '{{0.5}}', '{{0.5}}',
        array_fill(2 + 8 * luck, array[16]), array_fill(0.5::double precision, array[16]), 0.3, '[]',
        luck > 0.97, 0, 0, curve[16], curve, change
    from drawn
    returning loss, timed_out
),
summed as (
    select count(*) as studies, count(*) filter (where timed_out) as timed_out, 100 - 100 * avg(loss) as score from inserted
)
update submissions s
set studies_done = s.studies_done + summed.studies, studies_timed_out = s.studies_timed_out + summed.timed_out,
    score = summed.score, score_low = summed.score - 0.8, score_high = summed.score + 0.8, change = numbered.change
from summed, numbered
where s.id = :submission_id
returning s.studies_done;
