-- migrate:up

create table announcements (
    id uuid primary key default gen_random_uuid(),
    competition_id uuid not null references competitions on delete cascade,
    title text not null,
    text text not null,
    created_at timestamptz not null default now()
);
comment on table announcements is 'What organizers tell everybody: Markdown.';
create index announcements_by_time on announcements (competition_id, created_at desc, id desc);

create table notices (
    id uuid primary key default gen_random_uuid(),
    kind text not null,
    key text not null,
    competition_id uuid not null references competitions on delete cascade,
    phase_id uuid references phases on delete cascade,
    submission_id uuid references submissions on delete cascade,
    announcement_id uuid references announcements on delete cascade,
    created_at timestamptz not null default now(),
    not_before timestamptz not null default now(),
    told_at timestamptz,
    unique (kind, key)
);
comment on table notices is 'What has happened that people and programs are told of, once: the gateway makes e-mails and deliveries of it.';
comment on column notices.key is 'What happened: the same is not told twice.';
create index notices_untold on notices (not_before) where told_at is null;
create index notices_by_competition on notices (competition_id);
create index notices_by_phase on notices (phase_id);
create index notices_by_submission on notices (submission_id);
create index notices_told on notices (told_at) where told_at is not null;

-- Submissions end in three services and incidents are opened in another, so the tables themselves take note.
create function note_ended_submission() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into notices (kind, key, competition_id, phase_id, submission_id)
    select 'submission.ended', new.id::text, p.competition_id, p.id, new.id
    from phases p join teams t on t.id = new.team_id
    where p.id = new.phase_id and p.kind = 'competition' and not t.internal
    on conflict (kind, key) do nothing;
    return null;
end
$$;
create trigger note_ended_submission after update of ended_at on submissions
for each row when (old.ended_at is null and new.ended_at is not null)
execute function note_ended_submission();

-- When the platform fails, it may fail many shards: a competition gets one notice in a quarter of an hour.
create function note_incident() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into notices (kind, key, competition_id, phase_id, submission_id, not_before)
    select
        'incident.opened', p.competition_id || ' ' || to_char(date_bin('15 minutes', now(), 'epoch') at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),
        p.competition_id, p.id, s.id, now() + interval '10 seconds'
    from submissions s join phases p on p.id = s.phase_id
    where s.id = new.submission_id
    on conflict (kind, key) do nothing;
    return null;
end
$$;
create trigger note_incident after update of state on shards
for each row when (new.state = 'incident' and old.state <> 'incident')
execute function note_incident();
revoke all on function note_ended_submission(), note_incident() from public;

create table notice_choices (
    person_id uuid primary key references people on delete cascade,
    unwanted text[] not null default '{}',
    secret text not null default replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
);
comment on table notice_choices is 'Which kinds of e-mail a person does not want.';
comment on column notice_choices.secret is 'In the link of each e-mail by which it is switched off without signing in; good for nothing else.';

create table webhooks (
    id uuid primary key default gen_random_uuid(),
    competition_id uuid not null references competitions on delete cascade,
    team_id uuid references teams on delete cascade,
    url text not null,
    events text[] not null,
    secret text not null,
    created_at timestamptz not null default now(),
    failing_since timestamptz,
    disabled_at timestamptz,
    disabled_because text not null default ''
);
comment on table webhooks is 'Where programs of organizers, or of a team, are told of events.';
comment on column webhooks.secret is 'Signs what is sent, so it is kept as it is.';
comment on column webhooks.failing_since is 'Since when nothing was taken there.';
create index webhooks_by_competition on webhooks (competition_id);
create index webhooks_by_team on webhooks (team_id);

create table deliveries (
    id uuid primary key default gen_random_uuid(),
    webhook_id uuid not null references webhooks on delete cascade,
    event text not null,
    body text not null,
    state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
    attempts integer not null default 0,
    not_before timestamptz not null default now(),
    created_at timestamptz not null default now(),
    attempted_at timestamptz,
    status integer,
    problem text not null default ''
);
comment on table deliveries is 'What was and will be sent to webhooks, with the last answer; written with what it tells.';
create index deliveries_waiting on deliveries (webhook_id, not_before) where state = 'waiting';
create index deliveries_by_webhook on deliveries (webhook_id, created_at desc, id desc);
create index deliveries_by_time on deliveries (created_at);

grant select, insert, delete on announcements to arena_gateway;
grant select, insert, update, delete on notices, notice_choices, webhooks, deliveries to arena_gateway;

-- migrate:down
