-- name: unexpanded_submissions()
-- Submissions that wait to become shards.
select id, traceparent from submissions where ended_at is null and expanded_at is null order by created_at;

-- name: expand_submission(submission_id)!
-- Makes the shards of a submission; first one study of every black box, then the next, so that an early score is a fair one.
insert into shards (submission_id, box_id, family, ordinal, first_study, n_studies)
select
    s.id,
    b.id,
    b.family,
    row_number() over (order by shard.first_study, b.label),
    shard.first_study,
    least(p.studies_per_shard, p.first_study + p.studies_per_box - shard.first_study)
from submissions s
join phases p on p.id = s.phase_id
join phase_boxes pb on pb.phase_id = p.id
join black_boxes b on b.id = pb.box_id
cross join generate_series(
    p.first_study, p.first_study + p.studies_per_box - 1, p.studies_per_shard
) as shard (first_study)
where s.id = :submission_id and s.ended_at is null and s.expanded_at is null
on conflict (submission_id, box_id, first_study) do nothing;

-- name: mark_expanded(submission_id)$
-- Says that all shards of a submission are there; returns its id, if nobody said so before.
update submissions set expanded_at = now() where id = :submission_id and expanded_at is null returning id;

-- name: open_classes()
-- The classes of shards of submissions that have not ended, and how many of each are on the broker and not yet taken.
select c.environment, c.cpus, c.memory_mib, c.family, coalesce(r.released, 0) as released
from (
    select distinct s.environment, p.cpus, p.memory_mib, pf.family
    from submissions s join phases p on p.id = s.phase_id join phase_families pf on pf.phase_id = p.id
    where s.ended_at is null and s.expanded_at is not null
) c
left join (
    select s.environment, p.cpus, p.memory_mib, sh.family, count(*) as released
    from shards sh join submissions s on s.id = sh.submission_id join phases p on p.id = s.phase_id
    where sh.state = 'released'
    group by s.environment, p.cpus, p.memory_mib, sh.family
) r using (environment, cpus, memory_mib, family)
order by c.environment, c.cpus, c.memory_mib, c.family;

-- name: waiting_teams(environments, cpus, memories_mib, families, capacities)
-- Teams with pending shards of these classes, once for each priority and class: how many shards they have in flight, how
-- many wait (counted up to the class's free capacity), and whose turn it is. Priorities of phase and submission add up.
select
    w.team_id, w.priority, w.environment, w.cpus, w.memory_mib, w.family, coalesce(f.in_flight, 0) as in_flight, c.waiting,
    rank() over (order by tm.served_at nulls first, w.oldest_of_team, w.team_id) as turn
from (
    select
        s.team_id, p.priority + s.priority as priority, s.environment, p.cpus, p.memory_mib, pf.family,
        min(free.capacity) as capacity,
        array_agg(s.id) as submission_ids, min(min(s.created_at)) over (partition by s.team_id) as oldest_of_team
    from submissions s
    join phases p on p.id = s.phase_id
    join phase_families pf on pf.phase_id = p.id
    join unnest(
        :environments::text[], :cpus::integer[], :memories_mib::integer[], :families::text[], :capacities::integer[]
    ) as free (environment, cpus, memory_mib, family, capacity)
        on (s.environment, p.cpus, p.memory_mib, pf.family) = (free.environment, free.cpus, free.memory_mib, free.family)
    where s.ended_at is null and s.expanded_at is not null
    group by s.team_id, p.priority + s.priority, s.environment, p.cpus, p.memory_mib, pf.family
) w
join teams tm on tm.id = w.team_id
cross join lateral (
    select count(*) as waiting from (
        select 1 from shards
        where submission_id = any (w.submission_ids) and family = w.family and state = 'pending' and not_before <= now()
        limit w.capacity
    ) as counted
) c
left join (
    select s.team_id, count(*) as in_flight
    from shards sh
    join submissions s on s.id = sh.submission_id
    where sh.state in ('released', 'running')
    group by s.team_id
) f on f.team_id = w.team_id
where c.waiting > 0;

-- name: mark_served(team_ids)!
-- These teams have had their turn.
update teams set served_at = now() where id = any (:team_ids::uuid[]);

-- name: release_shards(team_ids, environments, cpus, memories_mib, families, counts)
-- Releases so many shards of each team and class, those of a higher priority first and then of the oldest submission, and returns
-- all a runner must know of them, the teams by turns.
with chosen as (
    select picked.id
    from unnest(
        :team_ids::uuid[], :environments::text[], :cpus::integer[], :memories_mib::integer[], :families::text[],
        :counts::integer[]
    ) as share (team_id, environment, cpus, memory_mib, family, n)
    cross join lateral (
        -- The shards of one submission after another, as the index has them: sorted together, all that wait would be read.
        select sh.id
        from (
            select s.id
            from submissions s
            join phases p on p.id = s.phase_id
            where s.team_id = share.team_id and s.ended_at is null
                and s.environment = share.environment and p.cpus = share.cpus and p.memory_mib = share.memory_mib
            order by p.priority + s.priority desc, s.created_at, s.id
        ) as submission
        cross join lateral (
            select waiting.id from shards waiting
            where waiting.submission_id = submission.id and waiting.family = share.family
                and waiting.state = 'pending' and waiting.not_before <= now()
            order by waiting.ordinal
            limit share.n
            for update skip locked
        ) as sh
        limit share.n
    ) as picked
),
released as (
    update shards sh
    set state = 'released', attempt = attempt + 1, runner_id = null, released_at = now(), taken_at = null,
        changed_at = now()
    from chosen
    where sh.id = chosen.id
    returning sh.*
)
select
    r.id as shard_id, r.attempt, r.submission_id,
    r.box_id,
    r.first_study,
    r.n_studies,
    r.family,
    b.model,
    b.dataset,
    b.metric,
    b.dataset_sha256,
    b.signature is null and r.first_study = p.first_study as signature_wanted,
    p.n_calls,
    p.n_suggestions,
    p.limits,
    s.environment,
    p.cpus,
    p.parameter_names,
    p.runtime,
    s.blob_sha256,
    c.seed as competition_seed,
    s.traceparent
from released r
join submissions s on s.id = r.submission_id
join phases p on p.id = s.phase_id
join competitions c on c.id = p.competition_id
join black_boxes b on b.id = r.box_id
order by
    p.priority + s.priority desc,
    row_number() over (partition by s.team_id order by p.priority + s.priority desc, s.created_at, s.id, r.ordinal),
    s.created_at;

-- name: lock_queued(submission_ids)
-- Submissions that are about to run, locked before their phases, as in every transaction that changes submissions.
select phase_id, traceparent from submissions
where id = any (:submission_ids::uuid[]) and state = 'queued' order by id for update;

-- name: next_change(phase_id)$
-- Takes the next number of a phase; the last lock of the transaction.
select next_change(:phase_id);

-- name: start_submissions(submission_ids, phase_id, change)!
-- Queued submissions whose first shards are released are running.
with started as (
    update submissions set state = 'running', started_at = now(), change = :change
    where id = any (:submission_ids::uuid[]) and phase_id = :phase_id and state = 'queued'
    returning id
)
insert into submission_events (submission_id, event) select id, 'running' from started;

-- name: renew_leases(shard_ids, attempts, runner_id, lease_s)
-- What a runner says it holds is running there, unless it was superseded; the lease is extended. What it has done is
-- returned, too: its heartbeat was overtaken by its results.
with renewed as (
    update shards sh
    set state = 'running', runner_id = :runner_id, lease_until = now() + make_interval(secs => :lease_s),
        taken_at = coalesce(sh.taken_at, now()),
        changed_at = case when sh.state = 'running' then sh.changed_at else now() end
    from unnest(:shard_ids::uuid[], :attempts::integer[]) as held (shard_id, attempt)
    where sh.id = held.shard_id and sh.attempt = held.attempt
        and (sh.state = 'released' or (sh.state = 'running' and sh.runner_id = :runner_id))
    returning sh.id as shard_id, sh.attempt
)
select shard_id, attempt from renewed
union all
select e.shard_id, e.attempt
from unnest(:shard_ids::uuid[], :attempts::integer[]) as held (shard_id, attempt)
join executions e on e.shard_id = held.shard_id and e.attempt = held.attempt
where e.runner_id = :runner_id and e.outcome = 'done';

-- name: record_runner(runner_id, slots, memory_bytes, environments, families, ready, reason)!
-- Keeps what a runner said of itself last.
insert into runners (id, slots, memory_bytes, environments, families, ready, reason)
values (:runner_id, :slots, :memory_bytes, :environments, :families, :ready, :reason)
on conflict (id) do update
set slots = excluded.slots, memory_bytes = excluded.memory_bytes, environments = excluded.environments,
    families = excluded.families, ready = excluded.ready, reason = excluded.reason, seen_at = now();

-- name: requeue_shard(shard_id, attempt, runner_id, outcome, detail, failures, failures_before_incident, delay_s)^
-- An attempt ended without a result: the shard waits again, or is an incident after too many failures.
with returned as (
    update shards
    set state = case when failures + :failures >= :failures_before_incident then 'incident' else 'pending' end,
        failures = failures + :failures,
        runner_id = null,
        lease_until = null,
        not_before = now() + make_interval(secs => :delay_s),
        changed_at = now()
    where id = :shard_id and attempt = :attempt and state in ('released', 'running')
    returning *
),
recorded as (
    insert into executions (
        shard_id, attempt, runner_id, outcome, detail, released_at, taken_at, cpu_s, memory_peak_bytes
    )
    select
        r.id, r.attempt, :runner_id, :outcome, :detail, r.released_at, r.taken_at, used.cpu_s, used.memory_peak_bytes
    from returned r
    cross join lateral attempt_usage(r.id, r.attempt) used
    on conflict do nothing
)
select r.submission_id, r.state, s.traceparent from returned r join submissions s on s.id = r.submission_id;

-- name: expired_leases()
-- Running shards whose runner has not been heard of for too long.
select id as shard_id, attempt, runner_id from shards where state = 'running' and lease_until < now();

-- name: stale_releases(environments, cpus, memories_mib, families, ages_s)
-- Released shards of these classes that no runner has taken for so long.
select sh.id as shard_id, sh.attempt, sh.runner_id
from shards sh
join submissions s on s.id = sh.submission_id
join phases p on p.id = s.phase_id
join unnest(:environments::text[], :cpus::integer[], :memories_mib::integer[], :families::text[], :ages_s::float8[])
    as class (environment, cpus, memory_mib, family, age_s)
    on (class.environment, class.cpus, class.memory_mib, class.family) = (s.environment, p.cpus, p.memory_mib, sh.family)
where sh.state = 'released' and sh.released_at < now() - make_interval(secs => class.age_s);

-- name: drop_shards(submission_ids)!
-- Whatever of these ended submissions has not ended, ends; what a runner had in hand was an execution.
with ending as (
    select sh.id, sh.state, sh.attempt, sh.runner_id
    from shards sh join submissions s on s.id = sh.submission_id
    where s.ended_at is not null and s.id = any (:submission_ids::uuid[]) and sh.state not in ('done', 'dropped')
    order by sh.id for update of sh
),
dropped as (
    update shards sh set state = 'dropped', changed_at = now()
    from ending where ending.id = sh.id
    returning sh.*, ending.state as was
)
insert into executions (
    shard_id, attempt, runner_id, outcome, detail, released_at, taken_at, cpu_s, memory_peak_bytes
)
select
    d.id, d.attempt, d.runner_id, 'stopped', 'its submission had ended', d.released_at, d.taken_at,
    used.cpu_s, used.memory_peak_bytes
from dropped d
cross join lateral attempt_usage(d.id, d.attempt) used
where d.was = 'running'
on conflict (shard_id, attempt) do nothing;

-- name: ended_with_open_shards()
-- Ended submissions that still have shards to drop.
select distinct s.id from submissions s join shards sh on sh.submission_id = s.id
where s.ended_at is not null and sh.state not in ('done', 'dropped');

-- name: overdue_submissions(submission_limit_s, incident_limit_s)
-- Submissions that outstayed their limit, or whose incident nobody settled in time.
select s.id, s.phase_id, s.traceparent from submissions s
where s.ended_at is null and (
    s.created_at < now() - make_interval(secs => :submission_limit_s)
    or exists (
        select from shards sh
        where sh.submission_id = s.id and sh.state = 'incident'
            and sh.changed_at < now() - make_interval(secs => :incident_limit_s)
    )
)
order by s.id
for update of s;

-- name: fail_submission(submission_id, change, detail)!
-- Ends a submission for a fault of the platform; it counts against no quota.
with ended as (
    update submissions
    set state = 'failed', verdict = 'platform_fault', verdict_detail = :detail, ended_at = now(), change = :change
    where id = :submission_id and ended_at is null
    returning id
)
insert into submission_events (submission_id, event, detail)
select id, 'failed', jsonb_build_object('verdict', 'platform_fault', 'detail', :detail::text) from ended;

-- name: record_incident(submission_id, shard_id, detail)!
-- Leaves a trace of an incident in the submission's history.
insert into submission_events (submission_id, event, detail)
values (:submission_id, 'incident', jsonb_build_object('shard_id', :shard_id::uuid, 'detail', :detail::text));
