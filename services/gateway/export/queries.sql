-- name: phase_for_export(slug, phase)^
-- A phase with the baseline that its scores refer to; an organizer run has none.
select p.id, p.name, c.slug, p.n_calls, p.n_suggestions, bl.name as baseline, bl.version
from phases p join competitions c on c.id = p.competition_id left join baselines bl on bl.id = p.baseline_id
where c.slug = :slug and p.name = :phase and p.kind in ('competition', 'organizer_run');

-- name: boxes_for_export(phase_id)
-- The black boxes of a phase by their real names.
select b.label as box, b.model, b.dataset, b.metric, b.signature
from phase_boxes pb join black_boxes b on b.id = pb.box_id
where pb.phase_id = :phase_id order by b.label;

-- name: submissions_for_export(phase_id, submission_id)
-- Each team's counting submission, or the one asked for.
select s.id from submissions s
where s.phase_id = :phase_id and s.state = 'scored' and case
    when :submission_id::uuid is null then s.id in (select id from counting_submissions where phase_id = :phase_id)
    else s.id = :submission_id
end
order by s.id;
