-- name: submissions_since(phase_id, team_id, since)
-- Of a phase's submissions, or of one team's in it, those with a change after a number and those that have not ended: what
-- has not ended first, then the newest. One that took the place of another says so.
select
    s.*, c.slug as competition, p.name as phase, p.practice, t.name as team,
    exists (
        select from submissions o join phases op on op.id = o.phase_id
        where o.id = s.origin_id and op.kind = 'archived'
    ) as rescored
from submissions s
join phases p on p.id = s.phase_id
join competitions c on c.id = p.competition_id
join teams t on t.id = s.team_id
where s.phase_id = :phase_id
    and (:team_id::uuid is null or s.team_id = :team_id)
    and (s.change > :since or s.ended_at is null)
order by s.ended_at is null desc, s.created_at desc
limit 500;

-- name: counting_in(phase_id, team_id)
-- The submissions of a phase that count, or the one of a team.
select id from counting_submissions
where phase_id = :phase_id and (:team_id::uuid is null or team_id = :team_id)
order by id;
