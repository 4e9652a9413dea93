-- migrate:up

-- Dispatcher and gateway say with the same words what work there is; a view, since neither imports the other.
create view backlog as
select
    s.environment, p.cpus,
    count(*) filter (where sh.state = 'pending') as pending,
    count(*) filter (where sh.state = 'released') as released,
    count(*) filter (where sh.state = 'running') as running
from shards sh
join submissions s on s.id = sh.submission_id
join phases p on p.id = s.phase_id
where sh.state in ('pending', 'released', 'running') and s.ended_at is null
group by s.environment, p.cpus;
comment on view backlog is
    'Open shards of submissions that have not ended, by what a runner must have; each shard wants `cpus` CPUs.';

grant select on backlog to arena_dispatcher, arena_gateway;

-- migrate:down
