-- name: count_machines(lease_s)^
-- The CPUs that all open shards want, and the runners that were heard of within a lease.
select
    (select coalesce(sum(cpus * (pending + released + running)), 0)::integer from backlog) as cpus_wanted,
    count(*) filter (where r.ready) as ready,
    count(*) filter (where not r.ready) as not_ready
from runners r where r.seen_at > now() - make_interval(secs => :lease_s);

-- name: list_spending(competition_id)
-- What each team's executions in each phase took, in seconds of a CPU; every attempt counts, and what runs now. An
-- attempt of which no runner said in time that it had it took what its studies did.
select
    p.kind, p.name as phase, t.internal, t.name as team, count(*) as executions,
    sum(p.cpus * took.seconds)::double precision as cpu_s
from (
    select
        e.shard_id,
        coalesce(
            extract(epoch from e.ended_at - e.taken_at),
            (
                select used.construct_time_s + used.suggest_time_s + used.observe_time_s + used.eval_time_s
                from attempt_usage(e.shard_id, e.attempt) used
            ),
            0
        ) as seconds
    from executions e
    union all
    select running.id, extract(epoch from now() - running.taken_at)
    from shards running where running.state = 'running' and running.taken_at is not null
) took
join shards sh on sh.id = took.shard_id
join submissions s on s.id = sh.submission_id
join phases p on p.id = s.phase_id
join teams t on t.id = s.team_id
where p.competition_id = :competition_id
group by p.kind, p.name, t.internal, t.name;
