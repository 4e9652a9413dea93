-- name: find_registration_rules(slug)^
-- A competition, and how people sign up for it.
select id, slug, name, registration from competitions where slug = :slug;

-- name: find_rules_by_id(id)^
-- A competition, and how people sign up for it.
select id, slug, name, registration from competitions where id = :id;

-- name: list_open_competitions()
-- The competitions for which people sign up by themselves.
select slug, name from competitions where (registration ->> 'open')::boolean order by created_at desc limit 100;

-- name: count_links(email)$
-- How many links were sent to an address in the last hour.
select count(*) from email_links where email = :email and created_at > now() - interval '1 hour';

-- name: lock_address(email)!
-- Lets links to one address be asked for one at a time, so that their limit holds.
select pg_advisory_xact_lock(hashtextextended('address ' || :email::text, 0));

-- name: add_link(hash, email, name, competition_id, rules_version, return_to, lifetime_s)!
-- Keeps what a link was asked for, and deletes links that were sent long ago.
with gone as (
    delete from email_links where expires_at < now() - interval '1 hour'
)
insert into email_links (hash, email, name, competition_id, rules_version, return_to, expires_at)
values (
    :hash, :email, :name, :competition_id, :rules_version, :return_to, now() + make_interval(secs => :lifetime_s::float8)
);

-- name: find_link(hash)^
-- What a link was asked for, if it still holds.
select email, name, competition_id, rules_version, return_to from email_links
where hash = :hash and expires_at > now();

-- name: take_link(hash)^
-- Uses a link up: nobody else gets it.
delete from email_links where hash = :hash and expires_at > now()
returning email, name, competition_id, rules_version, return_to;

-- name: confirm_person(email, name)$
-- The person with this address, which they have proved to be theirs; a new one if nobody has it.
insert into people (email, name, confirmed_at) values (:email, :name, now())
on conflict (email) do update set
    confirmed_at = coalesce(people.confirmed_at, now()),
    name = case when people.name = '' then excluded.name else people.name end
returning id;

-- name: find_person_id(email)$
-- The person with this address.
select id from people where email = :email;

-- name: find_person(id)^
-- A person.
select id, email, name, role, created_at, confirmed_at from people where id = :id;

-- name: rename_person(id, name)!
-- Changes how a person is called.
update people set name = :name where id = :id;

-- name: add_person_session(hash, person_id, days)!
-- Signs a person in, and deletes expired sessions.
with gone as (
    delete from sessions where expires_at < now()
)
insert into sessions (hash, person_id, expires_at) values (:hash, :person_id, now() + make_interval(days => :days));

-- name: register(competition_id, person_id, state, rules_version)^
-- Registers a person. Who is registered already accepts another version of the rules; what was decided stays.
insert into registrations (competition_id, person_id, state, rules_version, decided_at)
values (:competition_id, :person_id, :state, :rules_version, case when :state::text <> 'waiting' then now() end)
on conflict (competition_id, person_id) do update set
    rules_version = excluded.rules_version,
    rules_accepted_at = case
        when registrations.rules_version = excluded.rules_version then registrations.rules_accepted_at else now()
    end
returning state;

-- name: find_registration(competition_id, person_id)$
-- How a person's registration stands.
select state from registrations where competition_id = :competition_id and person_id = :person_id;

-- name: list_own_competitions(person_id)
-- How a person takes part in each competition.
select
    c.id, c.slug, c.name, c.registration, r.state, r.rules_version, t.id as team_id, t.name as team,
    array(
        select p.name from memberships o join people p on p.id = o.person_id where o.team_id = t.id order by o.joined_at
    ) as members,
    (select o.name from team_merges g join teams o on o.id = g.into_team_id where g.team_id = t.id) as merge_into,
    array(
        select o.name from team_merges g join teams o on o.id = g.team_id where g.into_team_id = t.id
        order by g.asked_at limit 20
    ) as merges_asked
from registrations r
join competitions c on c.id = r.competition_id
left join memberships m on m.person_id = r.person_id and m.competition_id = r.competition_id
left join teams t on t.id = m.team_id
where r.person_id = :person_id
order by r.created_at desc
limit 100;

-- name: list_registrants(competition_id, state, after, after_id, size)
-- A page of those who registered for a competition, the oldest first, of one state if given.
select
    p.id, p.email, p.name, r.state, t.name as team, r.rules_version, r.rules_accepted_at, r.created_at, r.decided_at
from registrations r
join people p on p.id = r.person_id
left join memberships m on m.person_id = r.person_id and m.competition_id = r.competition_id
left join teams t on t.id = m.team_id
where r.competition_id = :competition_id and (:state::text is null or r.state = :state)
    and (:after::timestamptz is null or (r.created_at, r.person_id) > (:after, :after_id))
order by r.created_at, r.person_id
limit :size;

-- name: decide(competition_id, person_id, state)^
-- Approves or refuses a person, whatever was decided before, and says whether that is something new.
with before as (
    select competition_id, person_id, state from registrations
    where competition_id = :competition_id and person_id = :person_id
    for update
)
update registrations r set
    state = :state, decided_at = case when b.state = :state then r.decided_at else now() end
from before b join people p on p.id = b.person_id
where r.competition_id = b.competition_id and r.person_id = b.person_id
returning p.email, p.name, b.state <> :state as changed;

-- name: list_people(after, after_id, size)
-- A page of all people, the oldest first.
select id, email, name, role, created_at, confirmed_at from people
where :after::timestamptz is null or (created_at, id) > (:after, :after_id)
order by created_at, id
limit :size;

-- name: put_role(email, role)^
-- Gives a person a role; who has not signed in yet is noted down with it.
insert into people (email, role) values (:email, :role)
on conflict (email) do update set role = excluded.role
returning id, email, name, role, created_at, confirmed_at;

-- name: find_identity(issuer, subject)$
-- The person whom a provider calls by this subject.
select person_id from identities where issuer = :issuer and subject = :subject;

-- name: add_identity(issuer, subject, person_id)!
-- Notes down whom a provider calls by this subject.
insert into identities (issuer, subject, person_id) values (:issuer, :subject, :person_id)
on conflict (issuer, subject) do nothing;

-- name: add_provider_sign_in(hash, return_to, lifetime_s)!
-- Begins a sign-in at a provider, and deletes those that were never finished.
with gone as (
    delete from provider_sign_ins where expires_at < now()
)
insert into provider_sign_ins (hash, return_to, expires_at)
values (:hash, :return_to, now() + make_interval(secs => :lifetime_s::float8));

-- name: take_provider_sign_in(hash)$
-- Ends a sign-in at a provider: nobody else gets it.
delete from provider_sign_ins where hash = :hash and expires_at > now() returning return_to;
