-- name: list_incidents(after, after_shard, size)
-- A page of the incidents, oldest first: shards that the platform failed too often, or that no runner could take.
select
    sh.id as shard_id, sh.submission_id, b.label as box, sh.attempt, sh.failures, sh.changed_at,
    coalesce(
        sh.unserved, (select e.detail from executions e where e.shard_id = sh.id order by e.attempt desc limit 1)
    ) as detail
from shards sh join black_boxes b on b.id = sh.box_id
where sh.state = 'incident'
    and (:after::timestamptz is null or (sh.changed_at, sh.id) > (:after, :after_shard::uuid))
order by sh.changed_at, sh.id
limit :size;

-- name: retry_incident(shard_id)^
-- Lets an incident's shard wait for a runner again.
update shards set state = 'pending', failures = 0, unserved = null, not_before = '-infinity', changed_at = now()
where id = :shard_id and state = 'incident'
returning id as shard_id, submission_id;

-- name: list_runners(lease_s, after, size)
-- A page of the runners with their last reports; one that was not heard of for longer than a lease counts as gone.
select
    id, slots, memory_bytes, environments, ready, reason, seen_at,
    seen_at <= now() - make_interval(secs => :lease_s) as is_gone
from runners
where :after::text is null or id > :after
order by id
limit :size;

-- name: queue_depth(lease_s)^
-- How much waits, since when, and how many slots there are for it.
select
    (select count(*) from submissions where state = 'queued' and ended_at is null) as submissions_queued,
    (select count(*) from submissions where state = 'running' and ended_at is null) as submissions_running,
    (select min(created_at) from submissions where state = 'queued' and ended_at is null) as oldest_queued_at,
    count(*) filter (where sh.state = 'pending') as pending,
    count(*) filter (where sh.state = 'released') as released,
    count(*) filter (where sh.state = 'running') as running,
    count(*) filter (where sh.state = 'incident') as incidents,
    min(sh.changed_at) filter (where sh.state in ('pending', 'released')) as oldest_shard_at,
    (
        select coalesce(sum(r.slots), 0)::integer from runners r
        where r.ready and r.seen_at > now() - make_interval(secs => :lease_s)
    ) as slots
from shards sh where sh.state in ('pending', 'released', 'running', 'incident');

-- name: held_shards()
-- The shards that runners hold now.
select
    sh.runner_id, sh.id as shard_id, sh.attempt, sh.taken_at, sh.submission_id, t.name as team, p.name as phase,
    b.label as box, sh.first_study, sh.n_studies, sh.studies_done
from shards sh
join submissions s on s.id = sh.submission_id
join teams t on t.id = s.team_id
join phases p on p.id = s.phase_id
join black_boxes b on b.id = sh.box_id
where sh.state = 'running' and sh.runner_id is not null
order by sh.taken_at;
