-- migrate:up

create table baselines (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    version integer not null,
    source text not null,
    document json not null,
    created_at timestamptz not null default now(),
    unique (name, version)
);
comment on table baselines is 'Immutable baseline sets; document is the file in Bayesmark''s own format.';

create table baseline_boxes (
    baseline_id uuid not null references baselines on delete cascade,
    test_case text not null,
    objective text not null,
    clip double precision not null,
    best double precision not null,
    iterations integer not null,
    signature double precision[] not null,
    primary key (baseline_id, test_case, objective)
);
comment on table baseline_boxes is 'What scoring needs of a baseline set: loss 1 is clip, loss 0 is best.';

create table competitions (
    id uuid primary key default gen_random_uuid(),
    slug text not null unique,
    name text not null,
    seed text not null,
    created_at timestamptz not null default now()
);

create table black_boxes (
    id uuid primary key default gen_random_uuid(),
    competition_id uuid not null references competitions on delete cascade,
    label text not null,
    model text not null,
    dataset text not null,
    metric text not null,
    signature double precision[],
    unique (competition_id, label),
    unique (competition_id, model, dataset, metric)
);

create table phases (
    id uuid primary key default gen_random_uuid(),
    competition_id uuid not null references competitions on delete cascade,
    name text not null,
    position integer not null,
    visibility text not null check (visibility in ('public', 'organizer')),
    baseline_id uuid not null references baselines,
    n_calls integer not null check (n_calls > 0),
    n_suggestions integer not null check (n_suggestions > 0),
    studies_per_box integer not null check (studies_per_box > 0),
    studies_per_shard integer not null check (studies_per_shard > 0),
    limits jsonb not null,
    opens_at timestamptz,
    closes_at timestamptz,
    submissions_per_day integer check (submissions_per_day > 0),
    active_submissions integer check (active_submissions > 0),
    change bigint not null default 0,
    unique (competition_id, name)
);
comment on column phases.change is 'Number of the last change to the phase''s submissions and studies; see next_change().';

create table phase_boxes (
    phase_id uuid not null references phases on delete cascade,
    box_id uuid not null references black_boxes on delete cascade,
    primary key (phase_id, box_id)
);

create table teams (
    id uuid primary key default gen_random_uuid(),
    competition_id uuid not null references competitions on delete cascade,
    name text not null,
    created_at timestamptz not null default now(),
    unique (competition_id, name)
);

create table tokens (
    hash bytea primary key,
    role text not null check (role in ('organizer', 'team')),
    team_id uuid references teams on delete cascade,
    created_at timestamptz not null default now(),
    revoked_at timestamptz,
    check ((role = 'team') = (team_id is not null))
);
comment on column tokens.hash is 'SHA-256 of the token; the token itself is shown once and not kept.';

create table submissions (
    id uuid primary key default gen_random_uuid(),
    phase_id uuid not null references phases,
    team_id uuid not null references teams,
    blob_sha256 text not null,
    filename text not null,
    size_bytes bigint not null,
    state text not null default 'queued'
        check (state in ('queued', 'running', 'scored', 'failed', 'cancelled')),
    verdict text,
    verdict_detail text not null default '',
    score double precision,
    score_low double precision,
    score_high double precision,
    studies_total integer not null,
    studies_done integer not null default 0,
    studies_timed_out integer not null default 0,
    suggest_errors integer not null default 0,
    observe_errors integer not null default 0,
    created_at timestamptz not null default now(),
    expanded_at timestamptz,
    started_at timestamptz,
    ended_at timestamptz,
    change bigint not null,
    check ((state in ('queued', 'running')) = (ended_at is null)),
    check ((state in ('queued', 'running')) = (verdict is null))
);
create index submissions_by_change on submissions (phase_id, change);
create index submissions_by_team on submissions (team_id, created_at);
create index submissions_unended on submissions (created_at) where ended_at is null;
create index submissions_scored on submissions (phase_id, team_id, score) where state = 'scored';

create table submission_events (
    id bigint generated always as identity primary key,
    submission_id uuid not null references submissions on delete cascade,
    at timestamptz not null default now(),
    event text not null,
    detail jsonb not null default '{}'
);
create index submission_events_by_submission on submission_events (submission_id, id);

create table idempotency_keys (
    team_id uuid not null references teams on delete cascade,
    key text not null,
    request_sha256 text not null,
    submission_id uuid not null references submissions on delete cascade,
    answer jsonb not null,
    primary key (team_id, key)
);

create table shards (
    id uuid primary key default gen_random_uuid(),
    submission_id uuid not null references submissions on delete cascade,
    box_id uuid not null references black_boxes,
    ordinal integer not null,
    first_study integer not null,
    n_studies integer not null,
    studies_done integer not null default 0,
    state text not null default 'pending'
        check (state in ('pending', 'released', 'running', 'done', 'dropped', 'incident')),
    attempt integer not null default 0,
    failures integer not null default 0,
    runner_id text,
    released_at timestamptz,
    lease_until timestamptz,
    not_before timestamptz not null default '-infinity',
    changed_at timestamptz not null default now(),
    unique (submission_id, box_id, first_study)
);
comment on column shards.ordinal is 'Order of release within the submission.';
comment on column shards.not_before is 'A shard that failed on one runner waits a little, so that another may take it.';
comment on column shards.failures is 'Infrastructure failures; too many make the shard an incident, never a verdict.';
create index shards_pending on shards (submission_id, ordinal) where state = 'pending';
create index shards_released on shards (released_at) where state = 'released';
create index shards_running on shards (lease_until) where state = 'running';
create index shards_incident on shards (changed_at) where state = 'incident';
create index shards_unended on shards (submission_id) where state not in ('done', 'dropped');

create table executions (
    shard_id uuid not null references shards on delete cascade,
    attempt integer not null,
    runner_id text,
    outcome text not null,
    detail text not null default '',
    released_at timestamptz,
    ended_at timestamptz not null default now(),
    primary key (shard_id, attempt)
);
comment on table executions is 'One row per ended attempt at a shard; the first end recorded stays.';

create table studies (
    submission_id uuid not null references submissions on delete cascade,
    box_id uuid not null references black_boxes,
    study integer not null,
    shard_id uuid not null references shards on delete cascade,
    attempt integer not null,
    runner_id text not null,
    visible double precision[] not null,
    generalization double precision[] not null,
    eval_time_s double precision[] not null,
    suggest_time_s double precision[] not null,
    observe_time_s double precision[] not null,
    construct_time_s double precision not null,
    suggestions json not null,
    timed_out boolean not null,
    suggest_errors integer not null,
    observe_errors integer not null,
    loss double precision not null,
    finished_at timestamptz not null default now(),
    change bigint not null,
    primary key (submission_id, box_id, study)
);
comment on column studies.loss is 'Rescaled and clipped best visible loss at the last iteration, in [-1, 1].';
create index studies_by_change on studies (submission_id, change);

create table box_scores (
    submission_id uuid not null references submissions on delete cascade,
    box_id uuid not null references black_boxes,
    studies integer not null,
    loss double precision not null,
    primary key (submission_id, box_id)
);
comment on column box_scores.loss is 'Mean of studies.loss over the studies finished of this black box.';

create table runners (
    id text primary key,
    slots integer not null,
    ready boolean not null,
    reason text not null,
    seen_at timestamptz not null default now()
);

create table outbox (
    id bigint generated always as identity primary key,
    routing_key text not null,
    body text not null
);
comment on table outbox is 'Messages committed with the change they announce; a relay publishes and deletes them.';

-- Every transaction that changes a phase's submissions or studies takes its number here, as its last lock: the phase
-- row stays locked until commit, so a reader that has seen number n has seen every change up to n.
create function next_change(phase uuid) returns bigint language sql as
$$ update phases set change = change + 1 where id = phase returning change $$;

-- migrate:down
