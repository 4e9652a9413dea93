-- name: read_clock()$
-- What time it is.
select clock_timestamp();

-- name: mend_shard_times(lease_s, delay_s, restart)!
-- After the clock was set back, times of before that are in the future, and nothing would end by them until then. After it
-- was set forward, everything has waited for too long, unless it waits anew.
update shards
set lease_until = case
        when :restart then now() + make_interval(secs => :lease_s)
        else least(lease_until, now() + make_interval(secs => :lease_s))
    end,
    not_before = least(not_before, now() + make_interval(secs => :delay_s)),
    released_at = case when :restart then now() else least(released_at, now()) end,
    taken_at = case when :restart and taken_at is not null then now() else least(taken_at, now()) end,
    changed_at = case when :restart then now() else least(changed_at, now()) end
where state in ('released', 'running', 'incident')
    and (
        :restart or released_at > now() or changed_at > now()
        or lease_until > now() + make_interval(secs => :lease_s)
    )
    or state = 'pending' and not_before > now() + make_interval(secs => :delay_s);

-- name: mend_runner_times()!
-- No runner was heard of in the future.
update runners set seen_at = now() where seen_at > now();

-- name: mend_team_times()!
-- No team had its last turn in the future, or all others would be served before it until then.
update teams set served_at = now() where served_at > now();
