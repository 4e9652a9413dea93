-- migrate:up

create table sessions (
    hash bytea primary key,
    token_hash bytea not null references tokens on delete cascade,
    expires_at timestamptz not null
);
comment on table sessions is 'Who is signed in on the website: the SHA-256 of a cookie''s value, and the token it was given for.';
create index sessions_by_end on sessions (expires_at);

alter table studies add column curve real[];
comment on column studies.curve is 'The loss after each iteration, rescaled and clipped; `loss` is its last.';
alter table submissions add column curve real[];
comment on column submissions.curve is
    'Of a scored submission the mean of its studies'' curves, over studies and then over black boxes.';
-- A view's columns are those that its table had when it was made.
create or replace view counting_submissions as
select distinct on (s.phase_id, s.team_id) s.*
from submissions s
join phases p on p.id = s.phase_id
join teams t on t.id = s.team_id
where s.state = 'scored' and not t.internal
order by s.phase_id, s.team_id, (p.counting = 'chosen' and s.chosen) desc, s.score desc, s.ended_at;

-- migrate:down
