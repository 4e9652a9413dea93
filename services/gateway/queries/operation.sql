-- name: list_incidents()
-- Shards that failed too often for the platform's own reasons.
select
    sh.id as shard_id, sh.submission_id, b.label as box, sh.attempt, sh.failures, sh.changed_at,
    (select e.detail from executions e where e.shard_id = sh.id order by e.attempt desc limit 1) as detail
from shards sh join black_boxes b on b.id = sh.box_id
where sh.state = 'incident' order by sh.changed_at;

-- name: retry_incident(shard_id)^
-- Lets an incident's shard wait for a runner again.
update shards set state = 'pending', failures = 0, not_before = '-infinity', changed_at = now()
where id = :shard_id and state = 'incident'
returning id as shard_id, submission_id;

-- name: list_shards(submission_id)
-- Every shard of a submission with its executions.
select
    sh.id as shard_id, b.label as box, b.model, b.dataset, b.metric, sh.first_study, sh.n_studies, sh.studies_done,
    sh.state, sh.attempt, sh.failures, sh.runner_id,
    coalesce((
        select jsonb_agg(jsonb_build_object(
            'attempt', e.attempt, 'runner_id', e.runner_id, 'outcome', e.outcome, 'detail', e.detail,
            'released_at', e.released_at, 'ended_at', e.ended_at, 'provenance', e.provenance
        ) order by e.attempt)
        from executions e where e.shard_id = sh.id
    ), '[]') as executions
from shards sh join black_boxes b on b.id = sh.box_id
where sh.submission_id = :submission_id
order by sh.ordinal;

-- name: list_events(submission_id)
-- The history of a submission.
select at, event, detail from submission_events where submission_id = :submission_id order by id;

-- name: list_runners()
-- What runners said of themselves last.
select id, slots, ready, reason, seen_at from runners order by id;
