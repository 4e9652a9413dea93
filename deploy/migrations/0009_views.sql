-- migrate:up

-- A test case has one name, Bayesmark's, by which baselines, seeds and exports know a black box.
alter table black_boxes add column test_case text not null
    generated always as (model || '_' || dataset || '_' || metric) stored;
comment on column black_boxes.test_case is 'Bayesmark''s name of the test problem, as in baseline_boxes.test_case.';

create view submission_details as
select
    s.id, s.phase_id, s.team_id, s.origin_id, s.revision, s.blob_sha256, s.filename, s.size_bytes, s.priority,
    s.state, s.verdict, s.verdict_stage, s.verdict_iteration, s.verdict_detail,
    s.score, s.score_low, s.score_high, s.chosen,
    s.studies_total, s.studies_done, s.studies_timed_out, s.suggest_errors, s.observe_errors,
    s.created_at, s.started_at, s.ended_at, s.change,
    c.id as competition_id, c.slug as competition, p.name as phase, p.visibility, p.practice, t.name as team
from submissions s
join phases p on p.id = s.phase_id
join competitions c on c.id = p.competition_id
join teams t on t.id = s.team_id;
comment on view submission_details is 'Submissions with the names of their competition, phase and team.';

grant select on submission_details to arena_gateway;

-- migrate:down
