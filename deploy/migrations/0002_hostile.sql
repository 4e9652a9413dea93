-- migrate:up

alter table phases rename column submissions_per_day to attempts_per_day;
alter table phases add column scored_per_day integer check (scored_per_day > 0);
alter table phases add column practice boolean not null default false;
comment on column phases.practice is 'Teams see the logs of its black boxes, which are therefore no secret.';

alter table submissions add column verdict_stage text
    check (verdict_stage in ('load', 'construct', 'suggest', 'observe'));
alter table submissions add column verdict_iteration integer;
comment on column submissions.verdict_detail is 'For the organizer, and on a practice phase for the team.';

create table study_logs (
    shard_id uuid not null references shards on delete cascade,
    attempt integer not null,
    study integer not null,
    submission_id uuid not null references submissions on delete cascade,
    log text not null,
    at timestamptz not null default now(),
    primary key (shard_id, attempt, study)
);
comment on table study_logs is 'The end of what the optimizer wrote in a study, where it wrote anything.';
create index study_logs_by_submission on study_logs (submission_id);

alter table tokens add column id uuid not null unique default gen_random_uuid();
alter table tokens add column name text not null default '';
alter table tokens add column scopes text[] not null default '{}';
update tokens set scopes = case role when 'team' then '{read,submit}' else '{read,manage,accounts}' end::text[];
alter table tokens alter column scopes drop default;

-- migrate:down
