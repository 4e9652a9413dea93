-- name: phase_change(phase_id)^
-- The number of a phase's last change, and what else its leaderboard depends on.
select change, frozen_at, counting from phases where id = :phase_id;

-- name: leaderboard(phase_id)
-- Each team's counting submission, and its newest one that has not ended.
with best as (
    select * from counting_submissions where phase_id = :phase_id
),
current as (
    select distinct on (s.team_id) s.*
    from submissions s join teams t on t.id = s.team_id
    where s.phase_id = :phase_id and s.ended_at is null and not t.internal
    order by s.team_id, s.created_at desc
),
made as (
    select
        team_id, count(*) as submissions, max(greatest(created_at, started_at, ended_at)) as changed_at,
        array_agg(id) filter (where ended_at is null) as unended
    from submissions where phase_id = :phase_id group by team_id
)
select
    t.id as team_id, t.name as team, made.submissions, made.changed_at, made.unended, best.curve,
    best.id as best_id, best.score as best_score, best.score_low as best_low, best.score_high as best_high,
    best.studies_done as best_done, best.studies_total as best_total, best.ended_at as best_ended_at,
    current.id as current_id, current.score as current_score, current.score_low as current_low,
    current.score_high as current_high, current.studies_done as current_done,
    current.studies_total as current_total, current.state as current_state
from best
full join current on current.team_id = best.team_id
join teams t on t.id = coalesce(best.team_id, current.team_id)
join made on made.team_id = t.id;

-- name: changed_submissions(phase_id, since, newest)
-- A phase's number, and each submission that has changed since another one: read in one statement, and so at one moment.
-- Where none has, the one row has no submission.
select
    p.change, p.frozen_at, p.counting, s.team_id, s.id, s.state, s.score, s.score_low as low, s.score_high as high,
    s.studies_done, s.studies_total, s.ended_at, greatest(s.created_at, s.started_at, s.ended_at) as changed_at
from phases p
left join submissions s on s.phase_id = p.id and s.change > :since and s.change <= :newest
where p.id = :phase_id;

-- name: leaderboard_since(phase_id, since, newest)
-- A phase's number, and each team of whose submissions one has changed since another one, also read at one moment. A team
-- that has no row any more has neither of the two submissions, and one that has merged into another, which is when its
-- submissions change, has none at all. Where nothing has changed, the one row has no team.
select
    p.change, p.frozen_at, p.counting, t.id as team_id, t.name as team, made.submissions, made.changed_at, made.unended,
    best.curve, best.id as best_id, best.score as best_score, best.score_low as best_low, best.score_high as best_high,
    best.studies_done as best_done, best.studies_total as best_total, best.ended_at as best_ended_at,
    current.id as current_id, current.score as current_score, current.score_low as current_low,
    current.score_high as current_high, current.studies_done as current_done,
    current.studies_total as current_total, current.state as current_state
from phases p
left join lateral (
    select s.team_id from submissions s
    where s.phase_id = p.id and s.change > :since and s.change <= :newest
    group by s.team_id
    union
    select m.id from teams m
    where m.competition_id = p.competition_id and m.merged_into in (
        select s.team_id from submissions s
        where s.phase_id = p.id and s.change > :since and s.change <= :newest
    )
) changed on true
left join teams t on t.id = changed.team_id and not t.internal
left join lateral (
    select
        count(*) as submissions, max(greatest(s.created_at, s.started_at, s.ended_at)) as changed_at,
        array_agg(s.id) filter (where s.ended_at is null) as unended
    from submissions s where s.team_id = t.id and s.phase_id = p.id
) made on true
left join lateral (
    -- With a limit, Postgres looks into the view for one team alone.
    select c.* from counting_submissions c where c.phase_id = p.id and c.team_id = t.id limit 1
) best on true
left join lateral (
    select s.* from submissions s where s.phase_id = p.id and s.team_id = t.id and s.ended_at is null
    order by s.created_at desc limit 1
) current on true
where p.id = :phase_id;

-- name: frozen_leaderboard(phase_id, at)
-- Each team's counting submission at a past moment, as the view counting_submissions would have shown it. What a team had
-- selected is found in the events; submissions that had not ended are not shown.
select
    t.id as team_id, t.name as team, best.submissions, best.changed_at, null::uuid[] as unended, best.curve,
    best.id as best_id, best.score as best_score, best.score_low as best_low, best.score_high as best_high,
    best.studies_done as best_done, best.studies_total as best_total, best.ended_at as best_ended_at,
    null::uuid as current_id, null::double precision as current_score, null::double precision as current_low,
    null::double precision as current_high, null::integer as current_done, null::integer as current_total,
    null::text as current_state
from (
    select distinct on (s.team_id) s.*, made.submissions, made.changed_at
    from submissions s
    join phases p on p.id = s.phase_id
    left join lateral (
        select count(*) as submissions, max(ended_at) filter (where ended_at <= :at) as changed_at
        from submissions where phase_id = s.phase_id and team_id = s.team_id and created_at <= :at
    ) made on true
    left join lateral (
        select max(e.at) as at from submission_events e
        where p.counting = 'chosen' and e.submission_id = s.id and e.event = 'chosen' and e.at <= :at
    ) choice on true
    where s.phase_id = :phase_id and s.state = 'scored' and s.ended_at <= :at
    order by s.team_id, choice.at desc nulls last, s.score desc, s.ended_at
) best
join teams t on t.id = best.team_id
where not t.internal;

-- name: box_losses(submission_ids)
-- Mean losses per black box of scored submissions.
select submission_id, array_agg(box_id) as boxes, array_agg(loss) as losses
from box_scores where submission_id = any (:submission_ids::uuid[])
group by submission_id;

-- name: ranks_before(phase_id)
-- For a phase whose submissions are copies, such as a final: the ranks that its teams had in the public phase from which
-- they came.
select placed.phase, placed.team, placed.rank
from (
    select
        p.name as phase, t.name as team, c.team_id, c.phase_id,
        row_number() over (partition by c.phase_id order by c.score desc, c.ended_at, t.name collate "C") as rank
    from counting_submissions c join phases p on p.id = c.phase_id join teams t on t.id = c.team_id
    where p.visibility = 'public' and p.kind = 'competition' and p.frozen_at is null and c.phase_id = (
        select o.phase_id from submissions s join submissions o on o.id = s.origin_id
        where s.phase_id = :phase_id limit 1
    )
) placed
order by placed.rank;
