-- name: scored_submissions(phase_id, until)
-- The submissions that have ever counted for their teams, up to a moment. Where the best counts, these are the ones that
-- were better than all before them; where teams choose, all that were scored, with the times at which each was chosen.
select t.name as team, s.ended_at, s.score, choices.chosen_at
from (
    select
        team_id, id, ended_at, score,
        max(score) over (
            partition by team_id order by ended_at, id rows between unbounded preceding and 1 preceding
        ) as best_before
    from submissions
    where
        phase_id = :phase_id and state = 'scored' and score is not null
        and (:until::timestamptz is null or ended_at <= :until)
) s
join phases p on p.id = :phase_id
join teams t on t.id = s.team_id and not t.internal
left join lateral (
    select array_agg(e.at order by e.at) as chosen_at from submission_events e
    where
        p.counting = 'chosen' and e.submission_id = s.id and e.event = 'chosen'
        and (:until::timestamptz is null or e.at <= :until)
) choices on true
where p.counting = 'chosen' or s.best_before is null or s.score > s.best_before
order by s.ended_at, s.id;

-- name: box_labels(phase_id)
-- The labels of a phase's black boxes.
select b.id, b.label from phase_boxes pb join black_boxes b on b.id = pb.box_id where pb.phase_id = :phase_id;

-- name: count_everything()^
-- What teams have made the platform do in public phases. It reads one row for each submission, and none for studies.
select
    (select count(*) from competitions) as competitions,
    count(distinct s.team_id) as teams, count(*) as submissions,
    coalesce(sum(s.studies_done), 0)::bigint as studies,
    coalesce(sum(s.studies_done::bigint * p.n_calls * p.n_suggestions), 0)::bigint as evaluations,
    coalesce(sum(s.spent_s * p.cpus), 0)::double precision as cpu_s
from phases p
join submissions s on s.phase_id = p.id
join teams t on t.id = s.team_id
where p.kind = 'competition' and p.visibility = 'public' and not t.internal;
