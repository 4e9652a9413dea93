-- name: note_closing_phases(within_s)!
-- Notes the phases that close soon; one whose end is moved is noted again.
insert into notices (kind, key, competition_id, phase_id)
select 'phase.closing', id || ' ' || extract(epoch from closes_at), competition_id, id
from phases
where kind = 'competition' and visibility = 'public'
    and closes_at > now() and closes_at <= now() + make_interval(secs => :within_s)
    and coalesce(opens_at <= now(), true)
on conflict (kind, key) do nothing;

-- name: note_announcement(announcement_id, competition_id)!
-- Notes an announcement in the transaction that makes it.
insert into notices (kind, key, competition_id, announcement_id)
values ('announcement', :announcement_id::uuid::text, :competition_id, :announcement_id::uuid);

-- name: note_changed_leaderboard(competition_id, phase_id)!
-- Notes that a phase's leaderboard has changed, if a webhook wants to hear of it: once a minute, at the end of the minute.
insert into notices (kind, key, competition_id, phase_id, not_before)
select
    'leaderboard.changed', :phase_id::uuid || ' ' || extract(epoch from minute.starts_at), :competition_id::uuid,
    :phase_id::uuid,
    minute.starts_at + interval '1 minute'
from (select date_trunc('minute', now()) as starts_at) as minute
where exists (
    select from webhooks w
    where w.competition_id = :competition_id::uuid and w.disabled_at is null and 'leaderboard.changed' = any(w.events)
)
on conflict (kind, key) do nothing;

-- name: take_untold(batch)
-- Takes what has happened and was not told yet, with all that is told of it.
select
    n.id, n.kind, n.created_at, n.competition_id, c.slug as competition, c.name as competition_name,
    n.phase_id, p.name as phase, coalesce(p.visibility = 'public', true) as is_public,
    coalesce(p.frozen_at is not null, false) as is_frozen, p.closes_at,
    n.submission_id, s.filename, s.team_id, t.name as team, s.state, s.verdict, s.score, s.score_low, s.score_high,
    a.title, a.text
from notices n
join competitions c on c.id = n.competition_id
left join phases p on p.id = n.phase_id
left join submissions s on s.id = n.submission_id
left join teams t on t.id = s.team_id
left join announcements a on a.id = n.announcement_id
where n.told_at is null and n.not_before <= now()
order by n.not_before
limit :batch
for update of n skip locked;

-- name: mark_told(id)!
-- Marks a notice as told.
update notices set told_at = now() where id = :id;

-- name: delete_told(days)!
-- Deletes what was told long ago.
delete from notices where told_at < now() - make_interval(days => :days);

-- name: count_incidents(competition_id)$
-- How many shards of a competition are incidents.
select count(*)::integer
from shards sh join submissions s on s.id = sh.submission_id join phases p on p.id = s.phase_id
where sh.state = 'incident' and p.competition_id = :competition_id;

-- name: put_deliveries(kind, body, competition_id, team_id, is_public, for_organizers)$
-- Adds a delivery for each webhook that wants this: of teams, unless it is for organizers alone; what is about one team's
-- submission, for that team's only. Returns how many.
with added as (
    insert into deliveries (webhook_id, event, body)
    select w.id, :kind::text, :body
    from webhooks w
    where w.competition_id = :competition_id and w.disabled_at is null and :kind::text = any(w.events)
        and (
            w.team_id is null
            or (not :for_organizers::boolean and :is_public::boolean and (:team_id::uuid is null or w.team_id = :team_id::uuid))
        )
    returning 1
)
select count(*)::integer from added;

-- name: list_members(competition_id, team_id)
-- The members of a team, or of all teams of a competition.
select distinct m.person_id from memberships m join people p on p.id = m.person_id
where m.competition_id = :competition_id and (:team_id::uuid is null or m.team_id = :team_id::uuid)
    and p.confirmed_at is not null;

-- name: list_organizers()
-- The organizers.
select id as person_id from people where role = 'organizer' and confirmed_at is not null;

-- name: list_recipients(person_ids, kind)
-- Those of these people who want e-mails of a kind, each with the secret of the link that switches them off.
with made as (
    insert into notice_choices (person_id) select unnest(:person_ids::uuid[])
    on conflict (person_id) do nothing
    returning person_id, unwanted, secret
)
select p.id as person_id, p.email, n.secret
from (select * from made union all select person_id, unwanted, secret from notice_choices) as n
join people p on p.id = n.person_id
where n.person_id = any(:person_ids::uuid[]) and :kind::text <> all(n.unwanted)
order by p.id;

-- name: stop_emails(person_id, secret, kind)$
-- Switches a kind of e-mail off for whoever has the secret of one.
update notice_choices
set unwanted = array(select distinct kind from unnest(unwanted || :kind::text) kind order by kind)
where person_id = :person_id and secret = :secret
returning true;

-- name: find_unwanted(person_id)$
-- The kinds of e-mail that a person does not want.
select unwanted from notice_choices where person_id = :person_id;

-- name: choose_emails(person_id, wanted, unwanted)!
-- Switches kinds of e-mail on and off for a person; the others stay as they are.
insert into notice_choices (person_id, unwanted) values (:person_id, :unwanted::text[])
on conflict (person_id) do update set unwanted = array(
    select distinct kind from unnest(notice_choices.unwanted || excluded.unwanted) kind  -- noqa: RF01
    where kind <> all(:wanted::text[])
    order by kind
);
