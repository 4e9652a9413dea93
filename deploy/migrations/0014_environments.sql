-- migrate:up

drop view phase_details;

alter table phases add column environments text[] not null default '{small}' check (cardinality(environments) > 0);
alter table phases add column cpus integer not null default 1 check (cpus in (1, 2));
alter table phases add column parameter_names text not null default 'visible'
    check (parameter_names in ('visible', 'hidden'));
alter table phases drop column image;
comment on column phases.environments is 'Those that optimizers may run in, the default first; NAME, or NAME@sha256:... for one image only.';
comment on column phases.cpus is 'Of an optimizer; the black box runs on the first of them.';
comment on column phases.parameter_names is 'Hidden: optimizers see x0, x1 and so on.';
comment on column phases.runtime is 'Of the optimizer''s container; null is the runners'' own.';

alter table submissions add column environment text not null default 'small';
comment on column submissions.environment is 'Where its optimizer runs: one of its phase''s environments.';

create view phase_details as
select
    p.id, p.competition_id, c.slug as competition, p.name, p.kind, p.position, p.visibility, p.practice,
    bl.name as baseline, bl.version as baseline_version,
    p.n_calls, p.n_suggestions, p.studies_per_box, p.studies_per_shard, p.first_study, p.limits,
    p.opens_at, p.closes_at, coalesce(p.opens_at <= now(), true) and coalesce(p.closes_at > now(), true) as is_open,
    p.attempts_per_day, p.scored_per_day, p.active_submissions, p.counting, p.frozen_at, p.priority, p.environments,
    p.cpus, p.parameter_names, p.runtime,
    array(
        select b.label from phase_boxes pb join black_boxes b on b.id = pb.box_id where pb.phase_id = p.id
        order by b.label
    ) as boxes
from phases p
join competitions c on c.id = p.competition_id
left join baselines bl on bl.id = p.baseline_id;
comment on view phase_details is 'Phases with their competition, their baseline set and the labels of their black boxes.';
grant select on phase_details to arena_gateway;

-- migrate:down
