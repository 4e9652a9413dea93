-- name: freeze_phase(id, frozen)$
-- Freezes a phase's leaderboard at this moment unless it is frozen already, or unfreezes it.
update phases set frozen_at = case when :frozen::boolean then coalesce(frozen_at, clock_timestamp()) end
where id = :id returning frozen_at;

-- name: put_team_quota(team_id, phase_id, attempts_per_day, scored_per_day, active_submissions)!
-- Sets a team's own quotas in a phase.
insert into team_quotas (team_id, phase_id, attempts_per_day, scored_per_day, active_submissions)
values (:team_id, :phase_id, :attempts_per_day, :scored_per_day, :active_submissions)
on conflict (team_id, phase_id) do update
set attempts_per_day = excluded.attempts_per_day, scored_per_day = excluded.scored_per_day,
    active_submissions = excluded.active_submissions;

-- name: prioritize_submission(id, priority)$
-- Sets the priority of a submission that has not ended.
with prioritized as (
    update submissions set priority = :priority where id = :id and ended_at is null
    returning id, priority
),
recorded as (
    insert into submission_events (submission_id, event, detail)
    select id, 'prioritized', jsonb_build_object('priority', priority) from prioritized
)
select priority from prioritized;
