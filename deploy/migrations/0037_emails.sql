-- migrate:up

-- E-mails that wait for the mail server. One that it has taken is deleted here, since its text may hold a link that signs
-- somebody in, and what is known of a person should be in few places.
create table emails (
    id uuid primary key default gen_random_uuid(),
    recipient text not null,
    subject text not null,
    body text not null,
    unsubscribe_url text,
    attempts integer not null default 0,
    not_before timestamptz not null default now(),
    created_at timestamptz not null default now(),
    failed_at timestamptz,
    problem text not null default ''
);
comment on table emails is 'E-mails to send, and those that were given up: of these the text is gone.';
comment on column emails.not_before is 'When to try next; a gateway that sends it moves this on, so that no other sends it too.';
comment on column emails.problem is 'What went wrong at the last attempt.';
create index emails_waiting on emails (not_before) where failed_at is null;
create index emails_failed on emails (failed_at desc, id desc) where failed_at is not null;
create index emails_by_recipient on emails (recipient);
grant select, insert, update, delete on emails to arena_gateway;

-- migrate:down
