-- migrate:up

create table competition_revisions (
    competition_id uuid not null references competitions on delete cascade,
    revision integer not null,
    document jsonb not null,
    code_version text not null,
    created_at timestamptz not null default now(),
    primary key (competition_id, revision)
);
comment on table competition_revisions is 'Every change of a competition: the document that was applied, and the code that applied it.';

create table datasets (
    competition_slug text not null,
    name text not null,
    blob_sha256 text not null,
    n_rows integer not null,
    n_features integer not null,
    created_at timestamptz not null default now(),
    primary key (competition_slug, name, blob_sha256)
);
comment on table datasets is
    'The organizer''s own data sets: CSV files as Bayesmark names and reads them, stored by hash. They are uploaded before '
    'the competition is there that uses them.';
alter table black_boxes add column dataset_sha256 text;
comment on column black_boxes.dataset_sha256 is 'The CSV file of the data set; null for one of the six built in.';

alter table phases alter column baseline_id drop not null;
alter table phases add column kind text not null default 'competition'
    check (kind in ('competition', 'trial', 'preview', 'archived'));
alter table phases add constraint phases_baseline check (kind = 'trial' or baseline_id is not null);
alter table phases add column first_study integer not null default 0 check (first_study >= 0);
alter table phases add column counting text not null default 'best' check (counting in ('best', 'chosen'));
alter table phases add column frozen_at timestamptz;
alter table phases add column priority integer not null default 0;
alter table phases add column image text;
alter table phases add column runtime text;
alter table phases drop constraint phases_competition_id_name_key;
create unique index phases_by_name on phases (competition_id, name) where kind = 'competition';
create index phases_by_competition on phases (competition_id, kind);
comment on column phases.kind is
    'competition: what teams submit to; trial: the organizer''s own studies, without a score; preview: a re-scoring that '
    'is not applied yet; archived: what a re-scoring replaced, or a preview that was discarded.';
comment on column phases.counting is 'Which submission of a team counts: its best, or the one it chose.';
comment on column phases.frozen_at is 'What came after it is shown to the organizer alone.';
comment on column phases.image is 'Of the optimizer''s container; null is the runners'' own, and so is its runtime.';
comment on column phases.priority is 'Shards of a higher priority go first, whatever team they are of.';

alter table teams add column internal boolean not null default false;
comment on column teams.internal is 'The organizer''s own, for trials: on no leaderboard.';
alter table teams add column served_at timestamptz;
comment on column teams.served_at is 'When a shard of it was released last: of teams with equally many in flight, whose turn it is.';

create table team_quotas (
    team_id uuid not null references teams on delete cascade,
    phase_id uuid not null references phases on delete cascade,
    attempts_per_day integer check (attempts_per_day > 0),
    scored_per_day integer check (scored_per_day > 0),
    active_submissions integer check (active_submissions > 0),
    primary key (team_id, phase_id)
);
comment on table team_quotas is 'What the organizer grants one team instead of the phase''s own quotas; null leaves the phase''s.';

alter table submissions add column revision integer;
alter table submissions add column origin_id uuid references submissions;
alter table submissions add column chosen boolean not null default false;
alter table submissions add column priority integer not null default 0;
create unique index submissions_chosen on submissions (phase_id, team_id) where chosen;
create unique index submissions_by_origin on submissions (phase_id, origin_id) where origin_id is not null;
comment on column submissions.revision is 'The revision of its competition under which it was accepted.';
comment on column submissions.origin_id is 'The submission of another phase that this one runs again, from the same zip.';

create view counting_submissions as
select distinct on (s.phase_id, s.team_id) s.*
from submissions s
join phases p on p.id = s.phase_id
join teams t on t.id = s.team_id
where s.state = 'scored' and not t.internal
order by s.phase_id, s.team_id, (p.counting = 'chosen' and s.chosen) desc, s.score desc, s.ended_at;
comment on view counting_submissions is
    'Of each team and phase the submission that counts: its best, or where teams choose, the one chosen if there is one.';

create table trials (
    key text primary key,
    competition_id uuid not null references competitions on delete cascade,
    submission_id uuid not null references submissions on delete cascade,
    purpose text not null,
    document jsonb not null,
    created_at timestamptz not null default now()
);
comment on table trials is 'The organizer''s own studies, by the hash of everything they depend on: the same are not run twice.';

alter table studies alter column loss drop not null;
alter table studies add column cpu_s double precision;
alter table studies add column memory_peak_bytes bigint;
comment on column studies.loss is 'Rescaled and clipped best visible loss at the last iteration, in [-1, 1]; null in a trial.';
comment on column studies.cpu_s is 'CPU time of the optimizer''s container, by the engine.';

alter table shards add column taken_at timestamptz;
comment on column shards.taken_at is 'When a runner said first that it holds the present attempt.';

alter table executions add column taken_at timestamptz;
alter table executions add column verdict text;
alter table executions add column cpu_s double precision;
alter table executions add column memory_peak_bytes bigint;
alter table executions add column provenance jsonb;
comment on column executions.provenance is 'The digests of the images and the version of the code that ran it.';
create index executions_by_end on executions (ended_at);
create index executions_by_release on executions (released_at desc, shard_id, attempt);
create index studies_by_attempt on studies (shard_id, attempt);

-- What the finished studies of one attempt used. A function, because a view would be summed up for all attempts first.
create function attempt_usage(of_shard uuid, of_attempt integer) returns table (
    studies bigint, studies_timed_out bigint, cpu_s double precision, memory_peak_bytes bigint,
    construct_time_s double precision, suggest_time_s double precision, observe_time_s double precision,
    eval_time_s double precision
) language sql stable as $$
    select
        count(*), count(*) filter (where st.timed_out), sum(st.cpu_s), max(st.memory_peak_bytes),
        sum(st.construct_time_s), sum((select sum(t) from unnest(st.suggest_time_s) t)),
        sum((select sum(t) from unnest(st.observe_time_s) t)), sum((select sum(t) from unnest(st.eval_time_s) t))
    from studies st
    where st.shard_id = of_shard and st.attempt = of_attempt
$$;

-- migrate:down
