-- name: add_webhook(competition_id, team_id, url, events, secret, at_most)^
-- Adds a webhook, unless its owner has as many as they may.
insert into webhooks (competition_id, team_id, url, events, secret)
select :competition_id, :team_id::uuid, :url, :events::text[], :secret
where :at_most > (
    select count(*) from webhooks where competition_id = :competition_id and team_id is not distinct from :team_id::uuid
)
returning id, competition_id, team_id, url, events, created_at, failing_since, disabled_at, disabled_because, 0 as waiting;

-- name: list_webhooks(competition_id, team_id)
-- The webhooks of a team, or of the organizers, in a competition.
select
    w.id, w.competition_id, w.team_id, w.url, w.events, w.created_at, w.failing_since, w.disabled_at, w.disabled_because,
    (select count(*) from deliveries d where d.webhook_id = w.id and d.state = 'waiting')::integer as waiting
from webhooks w
where w.competition_id = :competition_id and w.team_id is not distinct from :team_id::uuid
order by w.created_at, w.id;

-- name: find_webhook(id)^
-- A webhook.
select
    w.id, w.competition_id, w.team_id, w.url, w.events, w.created_at, w.failing_since, w.disabled_at, w.disabled_because,
    (select count(*) from deliveries d where d.webhook_id = w.id and d.state = 'waiting')::integer as waiting
from webhooks w
where w.id = :id;

-- name: remove_webhook(id)!
-- Removes a webhook and its deliveries.
delete from webhooks where id = :id;

-- name: list_deliveries(webhook_id, after, after_id, size)
-- A page of a webhook's deliveries, the newest first.
select id, event, body, state, attempts, not_before, created_at, attempted_at, status, problem
from deliveries
where webhook_id = :webhook_id and (:after::timestamptz is null or (created_at, id) < (:after, :after_id))
order by created_at desc, id desc
limit :size;

-- name: redeliver(webhook_id, id)^
-- Lets a delivery be sent again, from its first attempt, and enables its webhook.
with enabled as (
    update webhooks set failing_since = null, disabled_at = null, disabled_because = ''
    where id = :webhook_id and (disabled_at is not null or failing_since is not null)
)
update deliveries set state = 'waiting', attempts = 0, not_before = now(), status = null, problem = ''
where id = :id and webhook_id = :webhook_id
returning id, event, body, state, attempts, not_before, created_at, attempted_at, status, problem;

-- name: take_due(busy, batch, lease_s)
-- Takes at most one delivery of each webhook that is not busy; it is due again after so long, should this gateway die.
update deliveries d
set attempts = d.attempts + 1, attempted_at = now(), not_before = now() + make_interval(secs => :lease_s)
from (
    select due.id, w.url, w.secret
    from webhooks w
    cross join lateral (
        select id, not_before from deliveries
        where webhook_id = w.id and state = 'waiting' and not_before <= now()
        order by not_before limit 1
        for update skip locked
    ) due
    where w.disabled_at is null and w.id <> all(:busy::uuid[])
    order by due.not_before limit :batch
) taken
where d.id = taken.id
returning d.id, d.webhook_id, d.body, d.attempts, taken.url, taken.secret;

-- name: record_delivered(id, webhook_id, status)!
-- Records that a delivery was taken.
with healthy as (
    update webhooks set failing_since = null where id = :webhook_id and failing_since is not null
)
update deliveries set state = 'delivered', status = :status, problem = '' where id = :id;

-- name: record_failed(id, webhook_id, status, problem, wait_s)^
-- Records a failed attempt; without a time to wait it was the last. Says since when nothing was taken there.
with tried as (
    update deliveries
    set
        state = case when :wait_s::float8 is null then 'failed' else 'waiting' end,
        not_before = now() + make_interval(secs => coalesce(:wait_s::float8, 0)),
        status = :status::integer, problem = :problem
    where id = :id
)
update webhooks set failing_since = coalesce(failing_since, now()) where id = :webhook_id
returning extract(epoch from now() - failing_since)::float8 as failing_s;

-- name: disable_webhook(id, because)^
-- Disables a webhook; returns nothing if it is disabled already.
update webhooks w set disabled_at = now(), disabled_because = :because
from competitions c
where w.id = :id and w.disabled_at is null and c.id = w.competition_id
returning w.competition_id, w.team_id, w.url, c.name as competition;

-- name: delete_old_deliveries(days)!
-- Deletes deliveries of long ago.
delete from deliveries where created_at < now() - make_interval(days => :days);

-- name: count_waiting()^
-- How many deliveries wait for webhooks that are enabled, and how late the latest is.
select
    count(*)::integer as waiting,
    coalesce(extract(epoch from now() - min(d.not_before)), 0)::float8 as late_s
from webhooks w join deliveries d on d.webhook_id = w.id and d.state = 'waiting'
where w.disabled_at is null;
