-- migrate:up

-- What a finished competition no longer keeps: `arena competition prune`.
create table dropped_data (
    competition_id uuid not null references competitions on delete cascade,
    kind text not null check (kind in ('logs', 'suggestions', 'zips')),
    dropped_at timestamptz not null default now(),
    dropped_by text not null,
    primary key (competition_id, kind)
);
comment on table dropped_data is 'Who dropped which data of a finished competition, and when last.';
grant select, insert, update on dropped_data to arena_gateway;

alter table study_logs add column dropped boolean not null default false;
comment on column study_logs.dropped is 'The text says who dropped the log and when.';
grant update (log, dropped) on study_logs to arena_gateway;

alter table studies alter column suggestions drop not null;
comment on column studies.suggestions is 'Null where they were dropped; dropped_data says by whom.';
grant update (suggestions) on studies to arena_gateway;

alter table submissions add column zip_dropped_at timestamptz;
comment on column submissions.zip_dropped_at is 'Since when its zip may be gone; only of a submission that was not scored.';
create index submissions_by_blob on submissions (blob_sha256);

-- migrate:down
