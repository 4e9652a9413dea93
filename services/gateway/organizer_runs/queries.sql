-- name: organizer_run_boxes(competition_id, labels)
-- The black boxes of these labels.
select label, family, model, dataset, metric, dataset_sha256 from black_boxes
where competition_id = :competition_id and label = any (:labels::text[])
order by label;

-- name: lock_organizer_run(key)!
-- Locks an organizer run's key, so that requests for the same run are handled one after the other.
select pg_advisory_xact_lock(hashtextextended(:key, 0));

-- name: find_organizer_run(key)$
-- The submission of an organizer run that is under way or has succeeded.
select t.submission_id from organizer_runs t join submissions s on s.id = t.submission_id
where t.key = :key and s.state not in ('failed', 'cancelled');

-- name: ask_again(key)!
-- Records that an organizer run was asked for again: lists are ordered by the last time.
update organizer_runs set created_at = now() where key = :key;

-- name: internal_team(competition_id)$
-- The organizer's own team, created if need be.
with made as (
    insert into teams (competition_id, name, internal) values (:competition_id, '(organizer)', true)
    on conflict (competition_id, name) do nothing
    returning id
)
select id from made
union all
select id from teams where competition_id = :competition_id and internal
limit 1;

-- name: insert_organizer_run_phase(competition_id, name, n_calls, n_suggestions, studies, first_study, studies_per_shard, limits, environment, cpus, parameter_names, runtime)$
-- Adds the hidden phase of an organizer run.
insert into phases (
    competition_id, name, position, visibility, kind, n_calls, n_suggestions, studies_per_box, first_study,
    studies_per_shard, limits, environments, cpus, parameter_names, runtime
)
values (
    :competition_id, :name, 0, 'organizer', 'organizer_run', :n_calls, :n_suggestions, :studies, :first_study,
    :studies_per_shard, :limits, array[:environment::text], :cpus, :parameter_names, :runtime
)
returning id;

-- name: put_organizer_run(key, competition_id, submission_id, purpose, document)!
-- Records which submission does an organizer run, in place of one that failed.
insert into organizer_runs (key, competition_id, submission_id, purpose, document)
values (:key, :competition_id, :submission_id, :purpose, :document)
on conflict (key) do update set submission_id = excluded.submission_id, created_at = now();

-- name: list_organizer_runs(competition_id, purpose, before, before_key, size)
-- A page of the organizer runs of a competition, those asked for last first.
select
    t.key, t.purpose, t.document, t.created_at, p.name as phase, s.id as submission_id, s.state, s.verdict,
    s.studies_done, s.studies_total
from organizer_runs t join submissions s on s.id = t.submission_id join phases p on p.id = s.phase_id
where t.competition_id = :competition_id and (:purpose::text is null or t.purpose = :purpose)
    and (:before::timestamptz is null or (t.created_at, t.key) < (:before, :before_key::text))
order by t.created_at desc, t.key desc
limit :size;

-- name: list_costs(competition_id)
-- What an evaluation of each black box took, in the organizer's own studies. Not every study knows its CPU time.
select
    b.label, b.model, b.dataset, b.metric, count(*) as studies, sum(cardinality(st.eval_time_s)) as evaluations,
    sum((select sum(t) from unnest(st.eval_time_s) t)) / sum(cardinality(st.eval_time_s)) as evaluation_s,
    sum(st.evaluation_cpu_s)
    / sum(cardinality(st.eval_time_s)) filter (where st.evaluation_cpu_s is not null) as evaluation_cpu_s
from organizer_runs t
join studies st on st.submission_id = t.submission_id
join black_boxes b on b.id = st.box_id
where t.competition_id = :competition_id and t.purpose <> 'replay'
group by b.id
order by b.label;
