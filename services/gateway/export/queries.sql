-- name: boxes_for_export(phase_id)
-- The black boxes of a phase by their real names.
select b.label as box, b.model, b.dataset, b.metric, b.signature, b.family
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

-- name: study_losses(submission_ids)
-- The losses of every study of submissions.
select
    st.submission_id::text as submission_id, t.name as team, s.environment, b.label as box, st.study, st.visible,
    st.generalization
from studies st
join submissions s on s.id = st.submission_id
join teams t on t.id = s.team_id
join black_boxes b on b.id = st.box_id
where st.submission_id = any (:submission_ids::uuid[])
order by st.submission_id, b.label, st.study;

-- name: whole_studies(submission_ids)
-- Every study of submissions with its losses, times and suggestions.
select
    st.submission_id::text as submission_id, t.name as team, s.environment, b.label as box, st.study, st.visible,
    st.generalization, st.eval_time_s, st.evaluation_cpu_s, st.suggest_time_s, st.observe_time_s, st.suggestions,
    st.cut_off_by
from studies st
join submissions s on s.id = st.submission_id
join teams t on t.id = s.team_id
join black_boxes b on b.id = st.box_id
where st.submission_id = any (:submission_ids::uuid[])
order by st.submission_id, b.label, st.study;
