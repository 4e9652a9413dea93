-- name: board_documents(competition_id)^
-- The boards and the baseline rows of a competition, as its last revision states them.
select
    coalesce(document -> 'boards', '[]') as boards, coalesce(document -> 'baseline_rows', '[]') as baseline_rows
from competition_revisions where competition_id = :competition_id order by revision desc limit 1;

-- name: board_boxes(phase_id, labels, families, objective)
-- The black boxes of a phase that a board scores, with what their rescaled losses refer to.
select b.id, bb.clip, bb.best
from phases p
join phase_boxes pb on pb.phase_id = p.id
join black_boxes b on b.id = pb.box_id
join baseline_boxes bb
    on bb.baseline_id = p.baseline_id and bb.test_case = b.test_case and bb.objective = :objective
where p.id = :phase_id
    and (
        b.label = any (:labels::text[]) or b.family = any (:families::text[])
        or cardinality(:labels::text[] || :families::text[]) = 0
    )
order by b.id;

-- name: board_losses(submission_ids, sinces, box_ids, clips, bests, iterations, objective, newest)
-- The rescaled losses of studies on these black boxes, after so many iterations, summed up for each submission and black box;
-- of each submission the studies since a change. A study's own curve is of the visible loss, rescaled already; that of an
-- organizer run has none.
with new as materialized (  -- found by their changes first, and only then by their black boxes
    select st.submission_id, st.box_id, st.study, st.visible, st.generalization, st.curve, st.loss, st.change
    from unnest(:submission_ids::uuid[], :sinces::bigint[]) as known (submission_id, since)
    join studies st on st.submission_id = known.submission_id and st.change > known.since and st.change <= :newest
)
select
    st.submission_id, st.box_id, s.ended_at, count(*) as studies, sum(rescaled.loss order by st.study) as losses,
    max(st.change) as change
from new st
join submissions s on s.id = st.submission_id
join unnest(:box_ids::uuid[], :clips::double precision[], :bests::double precision[]) as box (id, clip, best)
    on box.id = st.box_id
cross join lateral (
    select
        case
            when :objective::text <> 'visible' or st.curve is null then greatest(-1, least(1,
                1 / (box.clip - box.best) * (
                    loss_after(
                        st.visible, case when :objective = 'visible' then st.visible else st.generalization end,
                        :iterations
                    ) - box.best
                )
            ))
            when cardinality(st.curve) = :iterations then st.loss
            else st.curve[:iterations::integer]::double precision
        end as loss
) rescaled
group by st.submission_id, st.box_id, s.ended_at;

-- name: baseline_runs(competition_id, phase_id, names, sha256s, environments)
-- Of each baseline row and black box of a phase the organizer run that was asked for last, with the phase's budget and names.
select distinct on (wanted.name, pb.box_id) wanted.name, s.id as submission_id, pb.box_id, s.ended_at is not null as has_ended
from organizer_runs r
join submissions s on s.id = r.submission_id
join unnest(:names::text[], :sha256s::text[], :environments::text[]) as wanted (name, sha256, environment)
    on wanted.sha256 = s.blob_sha256 and wanted.environment = s.environment
join phases run on run.id = s.phase_id and run.kind = 'organizer_run'
join phases p
    on p.id = :phase_id and p.n_calls = run.n_calls and p.n_suggestions = run.n_suggestions
    and p.studies_per_box = run.studies_per_box and run.first_study = 0
    and p.parameter_names = run.parameter_names
join phase_boxes run_box on run_box.phase_id = run.id
join phase_boxes pb on pb.phase_id = p.id and pb.box_id = run_box.box_id
where r.competition_id = :competition_id and r.purpose <> 'replay'
order by wanted.name, pb.box_id, r.created_at desc;
