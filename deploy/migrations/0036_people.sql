-- migrate:up

create table people (
    id uuid primary key default gen_random_uuid(),
    email text not null unique check (email = lower(email)),
    name text not null default '',
    role text not null default 'member' check (role in ('member', 'judge', 'organizer')),
    created_at timestamptz not null default now(),
    confirmed_at timestamptz
);
comment on table people is 'Those who sign in by themselves.';
comment on column people.role is 'member: what their team may; judge: sees what organizers see; organizer: may all.';
comment on column people.confirmed_at is 'When they first proved that the address is theirs; null of those whom an organizer named before.';

create table registrations (
    competition_id uuid not null references competitions on delete cascade,
    person_id uuid not null references people on delete cascade,
    state text not null check (state in ('waiting', 'approved', 'refused')),
    rules_version text not null,
    rules_accepted_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    decided_at timestamptz,
    primary key (competition_id, person_id)
);
comment on table registrations is 'Who asked to take part in which competition, and which version of its rules they accepted.';
create index registrations_of_person on registrations (person_id);
create index registrations_by_time on registrations (competition_id, state, created_at, person_id);

create table memberships (
    person_id uuid not null references people on delete cascade,
    competition_id uuid not null references competitions on delete cascade,
    team_id uuid not null references teams on delete cascade,
    joined_at timestamptz not null default now(),
    primary key (person_id, competition_id)
);
comment on table memberships is 'Who is in which team; one in each competition.';
create index memberships_of_team on memberships (team_id);

create table email_links (
    hash bytea primary key,
    email text not null,
    name text not null default '',
    competition_id uuid references competitions on delete cascade,
    rules_version text not null default '',
    return_to text not null default '/',
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);
comment on table email_links is 'SHA-256 of the secret in a link that was sent, what it was asked for, and until when it signs in, once.';
create index email_links_by_address on email_links (email, created_at);
create index email_links_by_end on email_links (expires_at);

create table identities (
    issuer text not null,
    subject text not null,
    person_id uuid not null references people on delete cascade,
    created_at timestamptz not null default now(),
    primary key (issuer, subject)
);
comment on table identities is 'Whom a provider of OpenID Connect calls by which subject.';
create index identities_of_person on identities (person_id);

create table provider_sign_ins (
    hash bytea primary key,
    return_to text not null,
    expires_at timestamptz not null
);
comment on table provider_sign_ins is 'Sign-ins by OpenID Connect under way: SHA-256 of the state and of the secret that the browser keeps.';
create index provider_sign_ins_by_end on provider_sign_ins (expires_at);

create table invitations (
    hash bytea primary key,
    team_id uuid not null references teams on delete cascade,
    made_by uuid not null references people on delete cascade,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);
comment on table invitations is 'SHA-256 of the secret in a link that lets one person into a team, once.';
create index invitations_of_team on invitations (team_id);
create index invitations_of_person on invitations (made_by);

create table team_merges (
    team_id uuid primary key references teams on delete cascade,
    into_team_id uuid not null references teams on delete cascade,
    asked_at timestamptz not null default now(),
    check (team_id <> into_team_id)
);
comment on table team_merges is 'Teams that ask another one to take them in.';
create index team_merges_by_target on team_merges (into_team_id);

alter table teams add column merged_into uuid references teams on delete set null;
comment on column teams.merged_into is 'The team that has its members and submissions now.';

alter table tokens add column person_id uuid references people on delete set null;
comment on column tokens.person_id is 'Whose it is; null of those that organizers make.';
create index tokens_of_person on tokens (person_id) where person_id is not null;

alter table sessions alter column token_hash drop not null;
alter table sessions add column person_id uuid references people on delete cascade;
alter table sessions add column team_id uuid references teams on delete set null;
alter table sessions add constraint sessions_owner check (num_nonnulls(token_hash, person_id) = 1);
comment on table sessions is
    'Who is signed in on the website: the SHA-256 of a cookie''s value, and the token it was given for, or the person.';
comment on column sessions.team_id is 'For which of their teams the person acts; any if null.';
create index sessions_of_person on sessions (person_id) where person_id is not null;

alter table competitions add column registration jsonb not null default '{}';
comment on column competitions.registration is 'Whether and how people sign up: `[registration]` of the document.';

grant select, insert, update, delete on people, registrations, memberships, team_merges to arena_gateway;
grant select, insert, delete on email_links, identities, provider_sign_ins, invitations to arena_gateway;
grant update (team_id) on sessions to arena_gateway;

-- migrate:down
