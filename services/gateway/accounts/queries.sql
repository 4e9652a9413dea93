-- name: put_token(hash, role, name, scopes)!
-- Adds a token from the settings, unless it is there.
insert into tokens (hash, role, name, scopes) values (:hash, :role, :name, :scopes::text[])
on conflict (hash) do nothing;

-- name: find_token(hash)^
-- The owner of a valid token.
select
    k.role, k.name as token, k.scopes, k.team_id, t.competition_id, t.name as team, c.slug,
    k.person_id, p.name as person
from tokens k left join teams t on t.id = k.team_id left join competitions c on c.id = t.competition_id
left join people p on p.id = k.person_id
where k.hash = :hash and k.revoked_at is null;

-- name: create_team(competition_id, name, hash, scopes)^
-- Creates a team with its first token; returns nothing if the name is taken.
with created as (
    insert into teams (competition_id, name) values (:competition_id, :name)
    on conflict (competition_id, name) do nothing
    returning id
)
insert into tokens (hash, role, team_id, scopes) select :hash, 'team', id, :scopes::text[] from created
returning team_id;

-- name: find_team(competition_id, name)$
-- A team by its name.
select id from teams where competition_id = :competition_id and name = :name;

-- name: revoke_team_tokens(team_id)!
-- Revokes all of a team's tokens.
update tokens set revoked_at = now() where team_id = :team_id and revoked_at is null;

-- name: add_token(hash, role, team_id, name, scopes)$
-- Adds a token.
insert into tokens (hash, role, team_id, name, scopes) values (:hash, :role, :team_id, :name, :scopes::text[])
returning id;

-- name: list_tokens(after, after_id, size)
-- A page of tokens after one of them, revoked ones too.
select k.id, k.role, t.name as team, c.slug as competition, k.name, k.scopes, k.created_at, k.revoked_at
from tokens k left join teams t on t.id = k.team_id left join competitions c on c.id = t.competition_id
where :after::timestamptz is null or (k.created_at, k.id) > (:after, :after_id)
order by k.created_at, k.id
limit :size;

-- name: revoke_token(id)^
-- Revokes a token; one that was revoked before keeps that time.
update tokens set revoked_at = coalesce(revoked_at, now()) where id = :id returning id, revoked_at;

-- name: add_session(hash, token_hash, days)^
-- Adds a session for the owner of a valid token, unless that is a runner, and deletes expired sessions.
with gone as (
    delete from sessions where expires_at < now()
)
insert into sessions (hash, token_hash, expires_at)
select :hash, k.hash, now() + make_interval(days => :days)
from tokens k where k.hash = :token_hash and k.revoked_at is null and k.role <> 'runner'
returning expires_at;

-- name: find_session(hash)^
-- The owner of a session that has not expired and whose token is valid.
select
    k.role, k.name as token, k.scopes, k.team_id, t.competition_id, t.name as team, c.slug,
    k.person_id, p.name as person
from sessions s join tokens k on k.hash = s.token_hash
left join teams t on t.id = k.team_id left join competitions c on c.id = t.competition_id
left join people p on p.id = k.person_id
where s.hash = :hash and s.expires_at > now() and k.revoked_at is null;

-- name: find_person_session(hash)^
-- The person of a session that has not expired: a member with the team that the session acts for, else the newest.
select
    p.role as person_role, m.team_id, t.competition_id, t.name as team, c.slug, p.id as person_id, p.name as person
from sessions s join people p on p.id = s.person_id
left join lateral (
    select o.team_id from memberships o
    where o.person_id = p.id and p.role = 'member'
    order by (o.team_id = s.team_id) desc nulls last, o.joined_at desc
    limit 1
) m on true
left join teams t on t.id = m.team_id left join competitions c on c.id = t.competition_id
where s.hash = :hash and s.expires_at > now();

-- name: end_session(hash)!
-- Deletes a session.
delete from sessions where hash = :hash;

-- name: list_teams(competition_id, after, size)
-- A page of a competition's teams after a name: what they submitted, and their own quotas by phase.
select
    t.name, t.created_at,
    (select count(*) from submissions s join phases p on p.id = s.phase_id
     where s.team_id = t.id and p.kind = 'competition') as submissions,
    (select max(s.created_at) from submissions s where s.team_id = t.id) as submitted_at,
    coalesce((
        select jsonb_agg(jsonb_build_object(
            'phase', p.name, 'attempts_per_day', q.attempts_per_day, 'scored_per_day', q.scored_per_day,
            'active_submissions', q.active_submissions
        ) order by p.position)
        from team_quotas q join phases p on p.id = q.phase_id where q.team_id = t.id
    ), '[]') as quotas
from teams t where t.competition_id = :competition_id and not t.internal and (:after::text is null or t.name > :after)
order by t.name
limit :size;
