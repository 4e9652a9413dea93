-- migrate:up

-- By problem family, too: what starts machines that have a family's image asks for the work of that family.
create or replace view backlog as
select
    s.environment, p.cpus,
    sum(wanted.pending)::bigint as pending,
    sum(wanted.released)::bigint as released,
    sum(wanted.running)::bigint as running,
    wanted.family
from (
    -- Of a submission's family that no runner could take, only the shard that is its incident waits, so that one runner
    -- is started to look again, and not as many as the whole submission wants.
    select pending.submission_id, pending.family, count(*) as pending, 0 as released, 0 as running from shards pending
    where pending.state = 'pending' and (pending.submission_id, pending.family) not in (
        select held_up.submission_id, held_up.family from shards held_up
        where held_up.state = 'incident' and held_up.unserved is not null
    )
    group by pending.submission_id, pending.family
    union all
    select submission_id, family, count(*), 0, 0 from shards where state = 'incident' and unserved is not null
    group by submission_id, family
    union all
    select submission_id, family, 0, count(*), 0 from shards where state = 'released' group by submission_id, family
    union all
    select submission_id, family, 0, 0, count(*) from shards where state = 'running' group by submission_id, family
) as wanted
join submissions s on s.id = wanted.submission_id
join phases p on p.id = s.phase_id
where s.ended_at is null
group by s.environment, p.cpus, wanted.family;

-- migrate:down
