-- name: list_tables(person_id)
-- What each table holds of a person; of what is secret only when it was made and ends.
select 'registrations' as name, to_jsonb(x) as content from (
    select c.slug as competition, r.state, r.rules_version, r.rules_accepted_at, r.created_at, r.decided_at
    from registrations r join competitions c on c.id = r.competition_id where r.person_id = :person_id
) x
union all
select 'memberships', to_jsonb(x) from (
    select c.slug as competition, t.name as team, m.joined_at
    from memberships m join teams t on t.id = m.team_id join competitions c on c.id = m.competition_id
    where m.person_id = :person_id
) x
union all
select 'tokens', to_jsonb(x) from (
    select k.id, k.name, k.scopes, t.name as team, k.created_at, k.revoked_at
    from tokens k left join teams t on t.id = k.team_id where k.person_id = :person_id
) x
union all
select 'sessions', to_jsonb(x) from (select s.expires_at from sessions s where s.person_id = :person_id) x
union all
select 'identities', to_jsonb(x) from (
    select i.issuer, i.subject, i.created_at from identities i where i.person_id = :person_id
) x
union all
select 'invitations', to_jsonb(x) from (
    select t.name as team, i.created_at, i.expires_at
    from invitations i join teams t on t.id = i.team_id where i.made_by = :person_id
) x
union all
select 'email_links', to_jsonb(x) from (
    select l.name, l.created_at, l.expires_at
    from email_links l join people p on p.email = l.email where p.id = :person_id
) x
union all
select 'webhooks', to_jsonb(x) from (
    select t.name as team, w.url, w.events, w.created_at
    from webhooks w join memberships m on m.team_id = w.team_id join teams t on t.id = w.team_id
    where m.person_id = :person_id
) x
union all
select 'notice_choices', to_jsonb(x) from (select n.unwanted from notice_choices n where n.person_id = :person_id) x
union all
select 'emails', to_jsonb(x) from (
    select e.subject, e.created_at, e.failed_at, e.problem
    from emails e join people p on p.email = e.recipient where p.id = :person_id
) x;

-- name: forget_tokens(person_id)!
-- Revokes a person's tokens, and forgets what they were called and whose they were.
update tokens set revoked_at = coalesce(revoked_at, now()), name = '', person_id = null where person_id = :person_id;

-- name: remove_webhooks(person_id)!
-- Removes the webhooks of teams in which nobody is once this person has gone.
delete from webhooks w using memberships m
where m.person_id = :person_id and w.team_id = m.team_id
    and not exists (select from memberships o where o.team_id = m.team_id and o.person_id <> m.person_id);

-- name: forget_links(email)!
-- Deletes the links that were sent to an address.
delete from email_links where email = :email;

-- name: delete_person(id)$
-- Deletes a person, and with them their registrations, memberships, sessions, identities, invitations and choices of e-mails.
delete from people where id = :id returning email;
