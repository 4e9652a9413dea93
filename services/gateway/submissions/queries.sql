-- name: find_submission(id)^
-- A submission by its id.
select * from submission_details where id = :id;

-- name: list_submissions(competition_id, phase, team_id, before, before_id, size)
-- A page of a competition's submissions, the newest first, of one phase or team if given; a team sees none of a
-- hidden phase. Of each phase no more than a page is read, by an index.
select d.*
from phases p
cross join lateral (
    select s.id from submissions s
    where s.phase_id = p.id
        and (:team_id::uuid is null or s.team_id = :team_id)
        and (s.created_at, s.id) < (coalesce(:before, 'infinity'::timestamptz), :before_id::uuid)
    order by s.created_at desc, s.id desc
    limit :size
) page
join submission_details d on d.id = page.id
where p.competition_id = :competition_id
    and (:phase::text is null or p.name = :phase)
    and (:team_id::uuid is null or p.visibility = 'public')
order by d.created_at desc, d.id desc
limit :size;

-- name: submissions_since(phase_id, team_id, since, size)
-- Submissions of a phase, or of one team in it, that have changed since a number or have not ended: those that have not
-- ended first, then the newest. One that replaced another in a rescoring says so. What has not ended, what has changed
-- and, without a number (-1), the newest are each found by an index.
select
    d.*,
    exists (
        select from submissions o join phases op on op.id = o.phase_id
        where o.id = d.origin_id and op.kind = 'archived'
    ) as rescored
from (
    (
        select s.id from submissions s
        where s.phase_id = :phase_id and (:team_id::uuid is null or s.team_id = :team_id) and s.ended_at is null
        order by s.created_at desc limit :size
    )
    union all
    (
        select s.id from submissions s
        where :since::bigint >= 0 and s.phase_id = :phase_id and (:team_id::uuid is null or s.team_id = :team_id)
            and s.change > :since and s.ended_at is not null
        order by s.change desc limit :size
    )
    union all
    (
        select s.id from submissions s
        where :since::bigint < 0 and s.phase_id = :phase_id and (:team_id::uuid is null or s.team_id = :team_id)
            and s.ended_at is not null
        order by s.created_at desc limit :size
    )
) found
join submission_details d on d.id = found.id
order by d.ended_at is null desc, d.created_at desc
limit :size;

-- name: counting_in(phase_id, team_id)
-- The counting submissions of a phase, or of one team in it.
select id from counting_submissions
where phase_id = :phase_id and (:team_id::uuid is null or team_id = :team_id)
order by id;

-- name: find_replay(team_id, key)^
-- The stored answer to a request with this Idempotency-Key.
select request_sha256, answer from idempotency_keys where team_id = :team_id and key = :key;

-- name: lock_team_and_phase(team_id, phase_id)$
-- Locks a team as lock_team does, and then the phase, of which this takes the next change number.
select next_change(:phase_id) from (select pg_advisory_xact_lock(hashtextextended(:team_id::uuid::text, 0))) locked;

-- name: lock_team(team_id)^
-- Lets a team's submissions be accepted one at a time, so that quotas hold. It is no lock of the team's row, because the
-- dispatcher holds that while it releases shards, and a submission would wait for it.
select pg_advisory_xact_lock(hashtextextended(:team_id::uuid::text, 0));

-- name: effective_quota(phase_id, team_id)^
-- Whether a phase is open now, and a team's quotas in it. Run it under the phase's lock (next_change), so that the phase
-- neither changes nor closes before the submission is inserted.
select
    p.name, p.opens_at, p.closes_at, p.counting, clock_timestamp() as at,
    coalesce(p.opens_at <= clock_timestamp(), true) and coalesce(p.closes_at > clock_timestamp(), true) as is_open,
    coalesce(q.attempts_per_day, p.attempts_per_day) as attempts_per_day,
    coalesce(q.scored_per_day, p.scored_per_day) as scored_per_day,
    coalesce(q.active_submissions, p.active_submissions) as active_submissions
from phases p left join team_quotas q on q.phase_id = p.id and q.team_id = :team_id
where p.id = :phase_id;

-- name: use_of_quota(team_id, phase_id)^
-- What counts against a team's quotas: submissions that were scored or may yet be, and those that failed by their own
-- fault. Those that the platform failed, or that the team cancelled before it saw any result, cost nothing. A submission
-- that a rescoring archived still counts, and its new run does not.
with recent as (
    select created_at, ended_at is null as active, ended_at is null or state = 'scored' as scored
    from submissions
    where team_id = :team_id and origin_id is null and phase_id in (
        select p.id from phases p join phases named on named.competition_id = p.competition_id and named.name = p.name
        where named.id = :phase_id and (p.id = :phase_id or p.kind = 'archived')
    ) and (
        ended_at is null
        or created_at > now() - interval '1 day' and (
            state = 'scored' or (state = 'failed' and verdict <> 'platform_fault')
            or (state = 'cancelled' and studies_done > 0)
        )
    )
),
today as (
    select * from recent where created_at > now() - interval '1 day'
)
select
    (select count(*) from recent where active) as active,
    count(*) as attempts,
    count(*) filter (where scored) as scored,
    extract(epoch from min(created_at) + interval '1 day' - now())::double precision as attempt_in_s,
    extract(epoch from min(created_at) filter (where scored) + interval '1 day' - now())::double precision as score_in_s
from today;

-- name: next_change(phase_id)$
-- Takes the next change number of a phase, and locks the phase: this must be the transaction's last lock.
select next_change(:phase_id);

-- name: insert_submission(id, phase_id, team_id, blob_sha256, filename, size_bytes, environment, publish_zip, created_at, change, traceparent)^
-- Queues a submission with its first event, under the phase's present definition, which a rescoring may have changed.
-- Returns its row of submission_details, which the view itself shows only after this statement.
with s as (
    insert into submissions (
        id, phase_id, team_id, blob_sha256, filename, size_bytes, environment, publish_zip, studies_total, created_at,
        change, revision, traceparent
    )
    select
        :id, p.id, :team_id, :blob_sha256, :filename, :size_bytes, :environment, :publish_zip,
        p.studies_per_box * (select count(*) from phase_boxes pb where pb.phase_id = p.id),
        coalesce(:created_at, clock_timestamp()), :change,
        (select max(r.revision) from competition_revisions r where r.competition_id = p.competition_id), :traceparent
    from phases p where p.id = :phase_id
    returning *
),
event as (
    insert into submission_events (submission_id, event) select id, 'accepted' from s
)
select
    s.id, s.phase_id, s.team_id, s.origin_id, s.revision, s.blob_sha256, s.filename, s.size_bytes, s.priority,
    s.state, s.verdict, s.verdict_stage, s.verdict_iteration, s.verdict_detail,
    s.score, s.score_low, s.score_high, s.chosen,
    s.studies_total, s.studies_done, s.studies_timed_out, s.suggest_errors, s.observe_errors,
    s.created_at, s.started_at, s.ended_at, s.change,
    c.id as competition_id, c.slug as competition, p.name as phase, p.visibility, p.practice, t.name as team,
    p.limits, '{}'::jsonb as cut_offs, s.environment, array[]::text[] as optimizer_images, s.publish_zip
from s
join phases p on p.id = s.phase_id
join competitions c on c.id = p.competition_id
join teams t on t.id = s.team_id;

-- name: insert_replay(team_id, key, request_sha256, submission_id, answer)!
-- Stores the answer, in case the same request is sent again.
insert into idempotency_keys (team_id, key, request_sha256, submission_id, answer)
values (:team_id, :key, :request_sha256, :submission_id, :answer);

-- name: lock_unended(id)^
-- Locks a submission that is about to be cancelled, before its phase is locked.
select phase_id, traceparent from submissions where id = :id and ended_at is null for update;

-- name: cancel_submission(id, change)!
-- Ends a submission that has not ended.
with cancelled as (
    update submissions set state = 'cancelled', verdict = 'cancelled', ended_at = now(), change = :change
    where id = :id and ended_at is null
    returning id
)
insert into submission_events (submission_id, event) select id, 'cancelled' from cancelled;

-- name: copy_submissions(submission_ids, phase_id, change, traceparent)
-- Queues copies of submissions in another phase, with the same zips; existing copies stay as they are. A copy runs in the
-- phase's own environment of the same name, which may be pinned to another image.
with copied as (
    insert into submissions (
        phase_id, team_id, blob_sha256, filename, size_bytes, environment, publish_zip, studies_total, origin_id,
        revision, change, traceparent
    )
    select
        p.id, s.team_id, s.blob_sha256, s.filename, s.size_bytes,
        coalesce((
            select entry from unnest(p.environments) as entry
            where split_part(entry, '@', 1) = split_part(s.environment, '@', 1)
        ), s.environment),
        s.publish_zip,
        p.studies_per_box * (select count(*) from phase_boxes pb where pb.phase_id = p.id),
        s.id,
        (select max(r.revision) from competition_revisions r where r.competition_id = p.competition_id),
        :change,
        :traceparent
    from submissions s cross join phases p
    where s.id = any (:submission_ids::uuid[]) and p.id = :phase_id
    order by s.created_at, s.id
    on conflict (phase_id, origin_id) where origin_id is not null do nothing
    returning id
),
recorded as (
    insert into submission_events (submission_id, event) select id, 'copied' from copied
)
select id from copied;

-- name: lock_selection(id, team_id, phase_id)
-- Locks the submission that a team selects and the one it selected before, in a fixed order.
select id from submissions
where id = :id or (phase_id = :phase_id and team_id = :team_id and chosen)
order by id for update;

-- name: unselect(id, team_id, phase_id, change)!
-- Unselects the submission that the team selected before.
update submissions set chosen = false, change = :change
where phase_id = :phase_id and team_id = :team_id and chosen and id <> :id;

-- name: select_submission(id, change)!
-- Selects a scored submission as the one that counts for its team; the event records when.
with chosen as (
    update submissions set chosen = true, change = :change where id = :id and state = 'scored' and not chosen
    returning id
)
insert into submission_events (submission_id, event, at) select id, 'chosen', clock_timestamp() from chosen;
