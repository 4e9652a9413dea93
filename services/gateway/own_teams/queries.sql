-- name: create_own_team(competition_id, name)$
-- Creates a team without a token; returns nothing if the name is taken.
insert into teams (competition_id, name) values (:competition_id, :name)
on conflict (competition_id, name) do nothing
returning id;

-- name: find_other_team(competition_id, name)$
-- A team by its name, unless it is the organizer's or has merged into another.
select id from teams
where competition_id = :competition_id and name = :name and not internal and merged_into is null;

-- name: lock_own_team(team_id)!
-- Lets changes of a team's members, and its submissions, happen one at a time.
select pg_advisory_xact_lock(hashtextextended(:team_id::uuid::text, 0));

-- name: count_members(team_id)$
-- How many members a team has.
select count(*) from memberships where team_id = :team_id;

-- name: join_team(competition_id, person_id, team_id)$
-- Makes a person a member; returns nothing for one who is in a team of the competition already, or is not approved.
insert into memberships (competition_id, person_id, team_id)
select :competition_id, :person_id, :team_id
where exists (
    select from registrations r
    where r.competition_id = :competition_id and r.person_id = :person_id and r.state = 'approved'
)
on conflict (person_id, competition_id) do nothing
returning team_id;

-- name: find_membership(slug, person_id)^
-- The team of a person in a competition.
select c.id as competition_id, c.registration, t.id as team_id, t.name as team
from memberships m join competitions c on c.id = m.competition_id join teams t on t.id = m.team_id
where c.slug = :slug and m.person_id = :person_id;

-- name: leave_team(competition_id, person_id)!
-- Takes a person out of their team. What they could act with for it is revoked, and their invitations are gone.
with gone as (
    delete from memberships where competition_id = :competition_id and person_id = :person_id returning team_id
), revoked as (
    update tokens k set revoked_at = now()
    from gone where k.person_id = :person_id and k.team_id = gone.team_id and k.revoked_at is null
)
delete from invitations i using gone where i.made_by = :person_id and i.team_id = gone.team_id;

-- name: act_for(hash, team_id)!
-- Lets a session act for one of its person's teams.
update sessions set team_id = :team_id where hash = :hash;

-- name: add_invitation(hash, team_id, made_by, lifetime_s)$
-- Keeps an invitation; those that have expired are gone.
with gone as (
    delete from invitations where team_id = :team_id and expires_at < now()
)
insert into invitations (hash, team_id, made_by, expires_at)
values (:hash, :team_id, :made_by, now() + make_interval(secs => :lifetime_s::float8))
returning expires_at;

-- name: count_invitations(team_id)$
-- How many invitations of a team are open.
select count(*) from invitations where team_id = :team_id and expires_at > now();

-- name: find_invitation(hash)^
-- Into which team an invitation lets, if it still holds.
select t.id as team_id, t.name as team, c.id as competition_id, c.slug, c.name as competition, p.name as inviter
from invitations i
join teams t on t.id = i.team_id join competitions c on c.id = t.competition_id join people p on p.id = i.made_by
where i.hash = :hash and i.expires_at > now() and t.merged_into is null;

-- name: take_invitation(hash)$
-- Uses an invitation up.
delete from invitations where hash = :hash and expires_at > now() returning team_id;

-- name: list_own_tokens(person_id)
-- The valid tokens of a person.
select id, team_id, name, scopes, created_at from tokens
where person_id = :person_id and revoked_at is null
order by created_at
limit 100;

-- name: count_own_tokens(person_id)$
-- How many valid tokens a person has.
select count(*) from tokens where person_id = :person_id and revoked_at is null;

-- name: add_own_token(hash, person_id, team_id, name, scopes)$
-- Adds a token of a person, for their team.
insert into tokens (hash, role, team_id, person_id, name, scopes)
values (:hash, 'team', :team_id, :person_id, :name, :scopes::text[])
returning id;

-- name: revoke_own_token(id, person_id)^
-- Revokes a person's token; one that was revoked before keeps that time.
update tokens set revoked_at = coalesce(revoked_at, now()) where id = :id and person_id = :person_id
returning id, revoked_at;

-- name: ask_merge(team_id, into_team_id)!
-- Notes down that a team asks another to take it in; it asks one at a time.
insert into team_merges (team_id, into_team_id) values (:team_id, :into_team_id)
on conflict (team_id) do update set into_team_id = excluded.into_team_id, asked_at = now();

-- name: take_merge(team_id, into_team_id)$
-- Ends the question of a team, if it asked this one.
delete from team_merges where team_id = :team_id and into_team_id = :into_team_id returning team_id;

-- name: withdraw_merge(team_id)!
-- Ends the question of a team.
delete from team_merges where team_id = :team_id;

-- name: count_unended(team_id)$
-- How many submissions of a team have not ended.
select count(*) from submissions where team_id = :team_id and ended_at is null;

-- name: list_team_phases(team_id)
-- The phases in which a team has submissions.
select distinct phase_id from submissions where team_id = :team_id order by phase_id;

-- name: move_submissions(team_id, into_team_id, phase_id, change)!
-- Gives a team's submissions in a phase to another team, whose own choice of the one that counts stays.
update submissions s set
    team_id = :into_team_id, change = :change,
    chosen = s.chosen and not exists (
        select from submissions o where o.phase_id = s.phase_id and o.team_id = :into_team_id and o.chosen
    )
where s.team_id = :team_id and s.phase_id = :phase_id;

-- name: close_team(team_id, into_team_id)!
-- Moves a team's members and tokens of persons to another team, and says where it went. Its other tokens are revoked.
with members as (
    update memberships set team_id = :into_team_id where team_id = :team_id
), tokens_moved as (
    update tokens set team_id = :into_team_id where team_id = :team_id and person_id is not null
), tokens_revoked as (
    update tokens set revoked_at = now() where team_id = :team_id and person_id is null and revoked_at is null
), invited as (
    delete from invitations where team_id = :team_id
), asked as (
    delete from team_merges where team_id = :team_id or into_team_id = :team_id
)
update teams set merged_into = :into_team_id where id = :team_id;
