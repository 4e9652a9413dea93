-- name: curves(submission_id)^
-- The curves of a submission's studies, by black box and study, if every study has one.
select
    p.n_suggestions, p.n_calls, count(distinct st.box_id) as boxes,
    array_agg(st.curve order by b.label, st.study) as curves
from submissions s
join phases p on p.id = s.phase_id
join studies st on st.submission_id = s.id
join black_boxes b on b.id = st.box_id
where s.id = :submission_id and array_length(st.curve, 1) = p.n_calls
group by p.id, s.id
having count(*) = s.studies_total;
