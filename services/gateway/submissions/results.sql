-- name: list_studies(submission_id, since)
-- The studies of a submission that have changed since a number.
select b.label as box, st.study, st.loss, st.timed_out, st.cut_off_by, st.change
from studies st join black_boxes b on b.id = st.box_id
where st.submission_id = :submission_id and st.change > :since
order by st.change, b.label, st.study;

-- name: list_logs(submission_id, after_box, after_study, after_attempt, size)
-- A page of what a submission's optimizer wrote, study by study.
select b.label as box, l.study, l.attempt, l.at, l.log
from study_logs l join shards sh on sh.id = l.shard_id join black_boxes b on b.id = sh.box_id
where l.submission_id = :submission_id
    and (:after_box::text is null or (b.label, l.study, l.attempt) > (:after_box, :after_study, :after_attempt))
order by b.label, l.study, l.attempt
limit :size;

-- name: boxes_of_page(phase_id)
-- The labels of a phase's black boxes.
select b.label
from phase_boxes pb join black_boxes b on b.id = pb.box_id
where pb.phase_id = :phase_id
order by b.label;

-- name: phase_of_page(phase_id)^
-- How a phase defines its studies: which there are on each black box, and their limits.
select
    first_study, studies_per_box, n_calls, (limits ->> 'study_timeout_s')::double precision as study_timeout_s,
    (limits ->> 'iteration_timeout_s')::double precision as iteration_timeout_s
from phases where id = :phase_id;

-- name: results_of_boxes(submission_id)
-- A submission's results on each black box of its phase: means over the finished studies, and their curve.
with timed as (
    select
        st.box_id, st.study, st.loss, st.timed_out,
        st.construct_time_s
        + (select coalesce(sum(t), 0) from unnest(st.suggest_time_s) t)
        + (select coalesce(sum(t), 0) from unnest(st.observe_time_s) t) as optimizer_time_s
    from studies st where st.submission_id = :submission_id
),
reached as (
    select
        box_id, count(*) as studies, avg(loss order by study) as loss, count(*) filter (where timed_out) as timed_out,
        avg(optimizer_time_s) as time_mean_s, max(optimizer_time_s) as time_max_s
    from timed group by box_id
),
drawn as (
    select box_id, array_agg(loss order by iteration) as curve
    from (
        select st.box_id, point.iteration, avg(point.loss) as loss
        from studies st cross join lateral unnest(st.curve) with ordinality as point (loss, iteration)
        where st.submission_id = :submission_id
        group by st.box_id, point.iteration
    ) points
    group by box_id
)
select
    b.label as box, b.test_case,
    coalesce(r.studies, 0) as studies, r.loss, coalesce(r.timed_out, 0) as timed_out, r.time_mean_s, r.time_max_s,
    d.curve
from submissions s
join phase_boxes pb on pb.phase_id = s.phase_id
join black_boxes b on b.id = pb.box_id
left join reached r on r.box_id = b.id
left join drawn d on d.box_id = b.id
where s.id = :submission_id
order by b.label;

-- name: random_search_of(phase_id)$
-- The part of a phase's baseline set with the results of random search; null if the set lacks it.
select json_build_object(
    'attrs', json_build_object(),
    'dims', bl.document -> 'data' -> 'dims',
    'coords', bl.document -> 'data' -> 'coords',
    'data_vars', json_build_object(
        'mean', bl.document -> 'data' -> 'data_vars' -> 'mean',
        'clip', bl.document -> 'data' -> 'data_vars' -> 'clip',
        'best', bl.document -> 'data' -> 'data_vars' -> 'best'
    )
)
from phases p join baselines bl on bl.id = p.baseline_id
where p.id = :phase_id and bl.document -> 'data' -> 'data_vars' -> 'mean' is not null;

-- name: origins_of_score(submission_id)^
-- Everything that a submission's score depends on, except what ran its studies. The baseline set's hash is that of its
-- stored document.
select
    s.blob_sha256, s.size_bytes, s.revision, s.origin_id, r.code_version, r.created_at as revised_at,
    bl.name as baseline, bl.version as baseline_version,
    encode(sha256(convert_to(bl.document::text, 'UTF8')), 'hex') as baseline_sha256, c.seed as competition_seed,
    p.parameter_names
from submissions s
join phases p on p.id = s.phase_id
join competitions c on c.id = p.competition_id
left join competition_revisions r on r.competition_id = c.id and r.revision = s.revision
left join baselines bl on bl.id = p.baseline_id
where s.id = :submission_id;

-- name: provenances_of(submission_id)
-- What ran and scored the studies of a submission, with the most studies first.
select
    ran_by ->> 'environment' as environment, ran_by ->> 'optimizer_image' as optimizer_image,
    ran_by ->> 'blackbox_image' as blackbox_image, ran_by ->> 'runtime' as runtime,
    ran_by ->> 'code_version' as runner_code_version,
    nullif(scored_by, '') as aggregator_code_version, studies
from provenances where submission_id = :submission_id
order by studies desc, ran_by::text, scored_by;

-- name: boxes_of_submission(submission_id)
-- The black boxes on which studies of a submission have finished.
select b.label, b.model, b.dataset, b.metric, b.dataset_sha256
from black_boxes b
where b.id in (select st.box_id from studies st where st.submission_id = :submission_id)
order by b.label;

-- name: executions_of_studies(submission_id)
-- Which execution each finished study of a submission was part of.
select b.label as box, b.test_case, st.study, st.shard_id, st.attempt
from studies st join black_boxes b on b.id = st.box_id
where st.submission_id = :submission_id
order by b.label, st.study;

-- name: list_shards(submission_id)
-- Every shard of a submission with its executions.
select
    sh.id as shard_id, b.label as box, b.model, b.dataset, b.metric, sh.first_study, sh.n_studies, sh.studies_done,
    sh.state, sh.attempt, sh.failures, sh.runner_id,
    coalesce((
        select jsonb_agg(jsonb_build_object(
            'attempt', e.attempt, 'runner_id', e.runner_id, 'outcome', e.outcome, 'detail', e.detail,
            'released_at', e.released_at, 'ended_at', e.ended_at, 'provenance', e.provenance
        ) order by e.attempt)
        from executions e where e.shard_id = sh.id
    ), '[]') as executions
from shards sh join black_boxes b on b.id = sh.box_id
where sh.submission_id = :submission_id
order by sh.ordinal;

-- name: list_events(submission_id)
-- The history of a submission.
select at, event, detail from submission_events where submission_id = :submission_id order by id;
