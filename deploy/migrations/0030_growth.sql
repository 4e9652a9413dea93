-- migrate:up

-- What a competition has cost is asked for while it runs. Of a submission whose executions have all ended it is counted once,
-- so that the question does not read every execution there ever was.
alter table submissions add column executions integer, add column spent_s double precision;
comment on column submissions.executions is
    'How many executions it took, counted by the dispatcher once all have ended; null until then.';
comment on column submissions.spent_s is 'How many seconds runners had these executions.';
create index submissions_uncounted on submissions (ended_at) where executions is null;
grant update (executions, spent_s) on submissions to arena_dispatcher;

-- How long runners had the executions of a submission; one of which no runner said in time that it had it took what its
-- studies did. A function, since the gateway and the dispatcher count with the same words and neither imports the other.
create function spent_on(of_submission uuid) returns table (executions integer, seconds double precision)
language sql stable as $$
    select
        count(*)::integer,
        coalesce(sum(coalesce(
            extract(epoch from e.ended_at - e.taken_at),
            (
                select used.construct_time_s + used.suggest_time_s + used.observe_time_s + used.eval_time_s
                from attempt_usage(e.shard_id, e.attempt) used
            ),
            0
        )), 0)::double precision
    from shards sh
    join executions e on e.shard_id = sh.id
    where sh.submission_id = of_submission
$$;
grant execute on function spent_on(uuid) to arena_gateway, arena_dispatcher;

-- The newest submissions of a phase are read by whoever looks at a list of them.
create index submissions_by_time on submissions (phase_id, created_at desc, id desc);

-- One look into an index for each team, where it read and sorted every scored submission.
create or replace view counting_submissions as
select
    s.id, p.id as phase_id, t.id as team_id, s.blob_sha256, s.filename, s.size_bytes, s.state, s.verdict, s.verdict_detail,
    s.score, s.score_low, s.score_high, s.studies_total, s.studies_done, s.studies_timed_out, s.suggest_errors,
    s.observe_errors, s.created_at, s.expanded_at, s.started_at, s.ended_at, s.change, s.verdict_stage,
    s.verdict_iteration, s.revision, s.origin_id, s.chosen, s.priority, s.curve
from phases p
join teams t on t.competition_id = p.competition_id and not t.internal
cross join lateral (
    select * from (
        (
            select 1 as place, selected.* from submissions selected
            where p.counting = 'chosen'
                and selected.phase_id = p.id and selected.team_id = t.id and selected.chosen and selected.state = 'scored'
        )
        union all
        (
            select 2 as place, best.* from submissions best
            where best.phase_id = p.id and best.team_id = t.id and best.state = 'scored'
            order by best.score desc, best.ended_at limit 1
        )
    ) candidates
    order by candidates.place limit 1
) s;

-- migrate:down
