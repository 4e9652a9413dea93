-- name: set_final_studies(phase_id, studies)!
-- Sets how many studies a final runs on each black box, each a shard of its own.
update phases set studies_per_box = :studies, studies_per_shard = 1 where id = :phase_id;

-- name: unended_in_phase(phase_id)$
-- How many submissions of a phase have not ended and may still change its ranking.
select count(*) from submissions where phase_id = :phase_id and ended_at is null;

-- name: top_submissions(phase_id, top)
-- The counting submissions of the best teams of a phase, in the leaderboard's order.
select s.id, s.team_id, t.name as team, s.score
from counting_submissions s join teams t on t.id = s.team_id
where s.phase_id = :phase_id
order by s.score desc, s.ended_at, t.name collate "C"
limit :top;

-- name: disallowed_environments(submission_ids, phase_id)
-- The environments of submissions that a phase does not allow, and the teams whose submissions these are.
select split_part(s.environment, '@', 1) as needed, array_agg(t.name order by t.name collate "C") as teams
from submissions s join teams t on t.id = s.team_id join phases p on p.id = :phase_id
where s.id = any (:submission_ids::uuid[]) and not exists (
    select from unnest(p.environments) as entry where split_part(entry, '@', 1) = split_part(s.environment, '@', 1)
)
group by needed
order by needed;

-- name: final_submissions(phase_id)
-- For each team in a final, its newest run there and the submission of which this is a copy, directly or through other
-- copies. Of equal scores the one whose original was submitted first ranks higher.
with recursive runs as (
    select distinct on (team_id) * from submissions
    where phase_id = :phase_id and origin_id is not null
    order by team_id, created_at desc, change desc
),
lineage as (
    select id, origin_id from runs
    union all
    select l.id, o.origin_id from lineage l join submissions o on o.id = l.origin_id where o.origin_id is not null
)
select
    r.id, r.team_id, t.name as team, r.environment, r.state, r.verdict, r.score, r.score_low, r.score_high, r.studies_done,
    r.studies_total, r.ended_at, root.id as origin_id, root.created_at as submitted_at
from runs r
join teams t on t.id = r.team_id
join lineage l on l.id = r.id
join submissions root on root.id = l.origin_id and root.origin_id is null
order by r.score desc nulls last, root.created_at, t.name collate "C";

-- name: study_losses(submission_ids)
-- The losses of every study of submissions, per black box in the order of the studies' numbers.
select st.submission_id, b.label as box, array_agg(st.loss order by st.study) as losses
from studies st join black_boxes b on b.id = st.box_id
where st.submission_id = any (:submission_ids::uuid[])
group by st.submission_id, b.label
order by st.submission_id, b.label;
