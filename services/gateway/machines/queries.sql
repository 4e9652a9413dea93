-- name: count_machines(lease_s)^
-- The CPUs that all open shards want, and the runners that were heard of within a lease.
select
    (select coalesce(sum(cpus * (pending + released + running)), 0)::integer from backlog) as cpus_wanted,
    count(*) filter (where r.ready) as ready,
    count(*) filter (where not r.ready) as not_ready
from runners r where r.seen_at > now() - make_interval(secs => :lease_s);

-- name: list_spending(competition_id)
-- What each team's executions in each phase took, in seconds of a CPU; every attempt counts, and what runs now. Of
-- submissions that ended some time ago the dispatcher has counted it.
select
    p.kind, p.name as phase, t.internal, t.name as team, sum(took.executions)::bigint as executions,
    sum(p.cpus * took.seconds)::double precision as cpu_s
from (
    select phase_id, team_id, executions, spent_s as seconds from submissions where executions is not null
    union all
    select s.phase_id, s.team_id, spent.executions, spent.seconds
    from submissions s cross join lateral spent_on(s.id) spent
    where s.executions is null and spent.executions > 0
    union all
    select s.phase_id, s.team_id, 1, extract(epoch from now() - running.taken_at)
    from shards running join submissions s on s.id = running.submission_id
    where running.state = 'running' and running.taken_at is not null
) took
join phases p on p.id = took.phase_id
join teams t on t.id = took.team_id
where p.competition_id = :competition_id
group by p.kind, p.name, t.internal, t.name;
