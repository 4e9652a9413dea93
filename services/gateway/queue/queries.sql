-- name: queue()
-- Every submission that has not ended, of all phases: they share the runners.
select
    s.id as submission_id, s.team_id, s.phase_id, s.state = 'queued' as queued, p.priority + s.priority as priority,
    s.created_at, rank() over (order by t.served_at nulls first) as turn,
    s.studies_total - s.studies_done as studies_left, p.studies_per_shard, p.n_calls * p.n_suggestions as evaluations
from submissions s
join phases p on p.id = s.phase_id
join teams t on t.id = s.team_id
where s.ended_at is null;

-- name: capacity(seen_s)^
-- The slots of live runners that take work, and the shards that no runner has taken yet.
select
    coalesce(sum(r.slots), 0)::integer as slots,
    (select count(*) from shards where state = 'released') as released
from runners r
where r.ready and r.seen_at > now() - make_interval(secs => :seen_s);

-- name: study_times(phase_ids)
-- How long recent studies of phases took, by submission and black box.
select
    timed.phase_id, timed.submission_id, timed.box_id, count(*) as studies, avg(timed.seconds) as seconds,
    var_pop(timed.seconds) as variance
from (
    select
        recent.phase_id, recent.id as submission_id, st.box_id,
        st.construct_time_s + (select sum(t) from unnest(st.eval_time_s) t)
        + (select sum(t) from unnest(st.suggest_time_s) t) + (select sum(t) from unnest(st.observe_time_s) t) as seconds
    from unnest(:phase_ids::uuid[]) as wanted (phase_id)
    cross join lateral (
        select s.phase_id, s.id from submissions s
        where s.phase_id = wanted.phase_id and s.studies_done > 0
        order by s.change desc limit 8
    ) recent
    cross join lateral (
        select * from studies where submission_id = recent.id order by change desc limit 100
    ) st
) timed
group by timed.phase_id, timed.submission_id, timed.box_id;
