-- name: origins_of_score(submission_id)^
-- All that a submission's score depends on, but for what ran it; the baseline set's hash is that of its stored document.
select
    s.blob_sha256, s.size_bytes, s.revision, s.origin_id, r.code_version, r.created_at as revised_at,
    bl.name as baseline, bl.version as baseline_version,
    encode(sha256(convert_to(bl.document::text, 'UTF8')), 'hex') as baseline_sha256, c.seed as competition_seed
from submissions s
join phases p on p.id = s.phase_id
join competitions c on c.id = p.competition_id
left join competition_revisions r on r.competition_id = c.id and r.revision = s.revision
left join baselines bl on bl.id = p.baseline_id
where s.id = :submission_id;

-- name: provenances_of(submission_id)
-- What ran the studies of a submission and scored them, that of most studies first.
select
    ran_by ->> 'optimizer_image' as optimizer_image, ran_by ->> 'blackbox_image' as blackbox_image,
    ran_by ->> 'runtime' as runtime, ran_by ->> 'code_version' as runner_code_version,
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
select b.label as box, b.model || '_' || b.dataset || '_' || b.metric as test_case, st.study, st.shard_id, st.attempt
from studies st join black_boxes b on b.id = st.box_id
where st.submission_id = :submission_id
order by b.label, st.study;
