-- name: list_black_boxes(competition_id)
-- Every black box of a competition by its real name.
select label, model, dataset, metric from black_boxes where competition_id = :competition_id order by label;

-- name: baseline_nodes(competition_id, purposes)
-- Of each kind and black box the organizer run that was asked for last.
select distinct on (t.purpose, t.document -> 'boxes' ->> 0)
    t.purpose, t.document -> 'boxes' ->> 0 as box, t.key, s.id as submission_id, s.state, s.verdict,
    s.studies_done, s.studies_total, t.created_at as asked_at
from organizer_runs t join submissions s on s.id = t.submission_id
where t.competition_id = :competition_id and t.purpose = any (:purposes::text[])
order by t.purpose, t.document -> 'boxes' ->> 0, t.created_at desc;

-- name: newest_built_baseline(slug)^
-- The newest baseline set that was made of this competition's organizer_runs, and the keys of those.
select
    name, version, document -> 'meta' -> 'provenance' ->> 'key' as key,
    array(
        select json_array_elements(document -> 'meta' -> 'provenance' -> 'curves') ->> 'key'
    ) as nodes
from baselines
where document -> 'meta' -> 'provenance' ->> 'competition' = :slug
order by created_at desc limit 1;

-- name: list_costs(competition_id)
-- What an evaluation of each black box took, in the organizer's own studies.
select
    b.label, b.model, b.dataset, b.metric, count(*) as studies, sum(cardinality(st.eval_time_s)) as evaluations,
    sum((select sum(t) from unnest(st.eval_time_s) t)) / sum(cardinality(st.eval_time_s)) as evaluation_s
from organizer_runs tr
join studies st on st.submission_id = tr.submission_id
join black_boxes b on b.id = st.box_id
where tr.competition_id = :competition_id and tr.purpose <> 'replay'
group by b.id
order by b.label;
