-- name: ready_runners(seen_s)
-- The runners that are there and take work: what they can run, and how many are the same.
select environments, families, slots, memory_bytes, count(*) as number from runners
where ready and seen_at > now() - make_interval(secs => :seen_s)
group by environments, families, slots, memory_bytes;

-- name: mark_unserved(environment, cpus, memory_mib, family, age_s, reason)
-- No runner can take the shards of a class: the first of each submission that has waited so long becomes an incident.
with waiting as (
    select first.id
    from submissions s
    join phases p on p.id = s.phase_id
    cross join lateral (
        select sh.id from shards sh
        where sh.submission_id = s.id and sh.family = :family and sh.state in ('pending', 'released')
            and sh.changed_at < now() - make_interval(secs => :age_s)
        order by sh.ordinal
        limit 1
        for update of sh skip locked
    ) as first
    where s.environment = :environment and p.cpus = :cpus and p.memory_mib = :memory_mib and s.ended_at is null
        and not exists (
            select from shards other
            where other.submission_id = s.id and other.family = :family and other.state = 'incident'
                and other.unserved is not null
        )
),
marked as (
    update shards sh set state = 'incident', unserved = :reason, changed_at = now()
    from waiting where waiting.id = sh.id
    returning sh.submission_id, sh.id
),
recorded as (
    insert into submission_events (submission_id, event, detail)
    select submission_id, 'incident', jsonb_build_object('shard_id', id, 'detail', :reason::text) from marked
)
select m.submission_id as id, s.traceparent from marked m join submissions s on s.id = m.submission_id;

-- name: resume_served(environment, cpus, memory_mib, family)
-- A runner can take the shards of a class again: those that were an incident for want of one wait for it.
update shards sh set state = 'pending', unserved = null, changed_at = now()
from submissions s join phases p on p.id = s.phase_id
where s.id = sh.submission_id and s.environment = :environment and p.cpus = :cpus and p.memory_mib = :memory_mib
    and sh.family = :family and sh.state = 'incident' and sh.unserved is not null
returning sh.id, s.traceparent;

-- name: count_backlog()
-- Open shards by environment and problem family, and the CPUs that they want.
select
    environment,
    family,
    sum(pending + released + running)::integer as shards,
    sum(cpus * (pending + released + running))::integer as cpus,
    sum(pending)::integer as pending,
    sum(released)::integer as released,
    sum(running)::integer as running
from backlog
group by environment, family
order by environment, family;

-- name: known_families()
-- The problem families of all competitions' black boxes.
select distinct family from black_boxes;

-- name: count_incidents()$
-- Shards that wait for the organizer, or for a runner that can take them.
select count(*) from shards sh join submissions s on s.id = sh.submission_id
where sh.state = 'incident' and s.ended_at is null;

-- name: count_runners(seen_s)^
-- The runners that are there: how many take work, how many do not, and the slots of those that do.
select
    count(*) filter (where ready) as ready,
    count(*) filter (where not ready) as unready,
    coalesce(sum(slots) filter (where ready), 0)::integer as slots
from runners where seen_at > now() - make_interval(secs => :seen_s);

-- name: count_spent(size)!
-- Counts what ended submissions have cost, the first that ended first, once none of their executions can come any more.
with ended as (
    select s.id from submissions s
    where s.ended_at is not null and s.executions is null
        and not exists (
            select from shards sh where sh.submission_id = s.id and sh.state not in ('done', 'dropped')
        )
    order by s.ended_at
    limit :size
    for update of s skip locked
)
update submissions s set executions = spent.executions, spent_s = spent.seconds
from ended cross join lateral spent_on(ended.id) spent
where s.id = ended.id;

-- name: forget_runners(age_s)
-- Removes the runners that have not been heard of for so long, unless a shard still waits for one of them.
delete from runners r
where r.seen_at < now() - make_interval(secs => :age_s)
    and not exists (select from shards sh where sh.state = 'running' and sh.runner_id = r.id)
returning r.id;
