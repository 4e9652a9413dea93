-- name: boxes_of_page(phase_id)
-- The black boxes of a phase under the labels that teams know, for the rows of a grid.
select b.label from phase_boxes pb join black_boxes b on b.id = pb.box_id where pb.phase_id = :phase_id order by b.label;

-- name: phase_of_page(phase_id)^
-- What the page of a submission says of its phase: which studies there are, and what they are limited to.
select first_study, studies_per_box, n_calls, (limits ->> 'study_timeout_s')::double precision as study_timeout_s
from phases where id = :phase_id;

-- name: results_of_boxes(submission_id)
-- What a submission has reached on each black box of its phase: means over the finished studies, and their curve.
with timed as (
    select
        st.box_id, st.study, st.loss, st.timed_out,
        st.construct_time_s
        + (select coalesce(sum(t), 0) from unnest(st.suggest_time_s) t)
        + (select coalesce(sum(t), 0) from unnest(st.observe_time_s) t) as optimizer_time_s
    from studies st where st.submission_id = :submission_id
),
reached as (
    select
        box_id, count(*) as studies, avg(loss order by study) as loss, count(*) filter (where timed_out) as timed_out,
        avg(optimizer_time_s) as time_mean_s, max(optimizer_time_s) as time_max_s
    from timed group by box_id
),
drawn as (
    select box_id, array_agg(loss order by iteration) as curve
    from (
        select st.box_id, point.iteration, avg(point.loss) as loss
        from studies st cross join lateral unnest(st.curve) with ordinality as point (loss, iteration)
        where st.submission_id = :submission_id
        group by st.box_id, point.iteration
    ) points
    group by box_id
)
select
    b.label as box, b.model || '_' || b.dataset || '_' || b.metric as test_case,
    coalesce(r.studies, 0) as studies, r.loss, coalesce(r.timed_out, 0) as timed_out, r.time_mean_s, r.time_max_s, d.curve
from submissions s
join phase_boxes pb on pb.phase_id = s.phase_id
join black_boxes b on b.id = pb.box_id
left join reached r on r.box_id = b.id
left join drawn d on d.box_id = b.id
where s.id = :submission_id
order by b.label;

-- name: random_search_of(phase_id)$
-- The part of a phase's baseline set that says what random search reaches; none where the set does not.
select json_build_object(
    'attrs', json_build_object(),
    'dims', bl.document -> 'data' -> 'dims',
    'coords', bl.document -> 'data' -> 'coords',
    'data_vars', json_build_object(
        'mean', bl.document -> 'data' -> 'data_vars' -> 'mean',
        'clip', bl.document -> 'data' -> 'data_vars' -> 'clip',
        'best', bl.document -> 'data' -> 'data_vars' -> 'best'
    )
)
from phases p join baselines bl on bl.id = p.baseline_id
where p.id = :phase_id and bl.document -> 'data' -> 'data_vars' -> 'mean' is not null;
