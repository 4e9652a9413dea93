-- name: phase_change(phase_id)$
-- The number of a phase's last change.
select change from phases where id = :phase_id;

-- name: leaderboard(phase_id)
-- Per team its best finished submission, and its newest one that has not ended.
with best as (
    select distinct on (team_id) *
    from submissions
    where phase_id = :phase_id and state = 'scored'
    order by team_id, score desc, ended_at
),
current as (
    select distinct on (team_id) *
    from submissions
    where phase_id = :phase_id and ended_at is null
    order by team_id, created_at desc
)
select
    t.name as team,
    best.id as best_id, best.score as best_score, best.score_low as best_low, best.score_high as best_high,
    best.studies_done as best_done, best.studies_total as best_total, best.ended_at as best_ended_at,
    current.id as current_id, current.score as current_score, current.score_low as current_low,
    current.score_high as current_high, current.studies_done as current_done,
    current.studies_total as current_total, current.state as current_state
from best
full join current on current.team_id = best.team_id
join teams t on t.id = coalesce(best.team_id, current.team_id);

-- name: box_losses(submission_ids)
-- Mean losses per black box of scored submissions.
select submission_id, box_id, loss from box_scores where submission_id = any (:submission_ids::uuid[]);
