-- name: scoring_references(submission_ids)
-- What the scores of these submissions refer to: per black box, the visible loss of a clip (1) and of the best known
-- (0); an organizer run has neither.
select s.id as submission_id, b.id as box_id, bb.clip, bb.best, p.n_calls, p.n_suggestions
from submissions s
join phases p on p.id = s.phase_id
join phase_boxes pb on pb.phase_id = p.id
join black_boxes b on b.id = pb.box_id
left join baseline_boxes bb
    on bb.baseline_id = p.baseline_id
    and bb.test_case = b.test_case
    and bb.objective = '_visible_to_opt'
where s.id = any (:submission_ids::uuid[]);

-- name: store_studies(submission_ids, studies, scored_by)
-- Stores the results that are the first of their studies, and counts them on their shards and black boxes. Returns the
-- submissions that have not ended, which must be locked, each with the next number of its phase, which orders this
-- transaction among all that change the phase; with how many of its studies are new, and whether they are its last; and with
-- the losses of its black boxes, the means over their studies.
with unended as materialized (
    select id, phase_id, studies_done, studies_total from submissions
    where id = any (:submission_ids::uuid[]) and ended_at is null
),
numbered as materialized (
    select phase_id, next_change(phase_id) as change
    from (select distinct phase_id from unended order by phase_id) phase
),
inserted as (
    insert into studies (
        submission_id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s,
        suggest_time_s, observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors, observe_errors,
        loss, change, cpu_s, memory_peak_bytes, curve, evaluation_cpu_s, cut_off_by
    )
    select
        sh.submission_id, sh.box_id, new.study, sh.id, new.attempt, new.runner_id, new.visible, new.generalization,
        new.eval_time_s, new.suggest_time_s, new.observe_time_s, new.construct_time_s, new.suggestions::json,
        new.timed_out, new.suggest_errors, new.observe_errors, new.loss, numbered.change, new.cpu_s,
        new.memory_peak_bytes, new.curve, new.evaluation_cpu_s, new.cut_off_by
    from unnest(:studies::new_study[]) as new
    join unended on unended.id = new.submission_id
    join numbered on numbered.phase_id = unended.phase_id
    join shards sh
        on sh.id = new.shard_id and sh.submission_id = new.submission_id and sh.box_id = new.box_id
        and new.attempt <= sh.attempt and new.study >= sh.first_study and new.study < sh.first_study + sh.n_studies
    on conflict (submission_id, box_id, study) do nothing
    returning
        submission_id, box_id, study, shard_id, attempt, loss, cpu_s, memory_peak_bytes, timed_out, suggest_errors,
        observe_errors
),
described as materialized (
    select
        new.submission_id, new.box_id, new.study, new.shard_id, new.attempt, new.runner_id, new.provenance::jsonb,
        new.log, new.signature
    from inserted join unnest(:studies::new_study[]) as new using (submission_id, box_id, study, shard_id, attempt)
),
counted as (
    update shards sh
    set studies_done = sh.studies_done + new.n,
        state = case when sh.studies_done + new.n = sh.n_studies then 'done' else sh.state end,
        lease_until = case when sh.studies_done + new.n = sh.n_studies then null else sh.lease_until end,
        changed_at = case when sh.studies_done + new.n = sh.n_studies then now() else sh.changed_at end
    from (select shard_id, count(*)::integer as n from inserted group by shard_id) as new
    where sh.id = new.shard_id
    returning sh.id, sh.state, sh.attempt, sh.released_at, sh.taken_at
),
-- A shard with all of its studies is done, whichever attempt brought the last.
finished as (
    select distinct on (d.shard_id)
        d.shard_id, d.attempt, d.runner_id, d.provenance, c.released_at,
        case when c.attempt = d.attempt then c.taken_at end as taken_at
    from counted c join described d on d.shard_id = c.id
    where c.state = 'done'
    order by d.shard_id, d.attempt desc, d.study desc
),
executed as (
    insert into executions (
        shard_id, attempt, runner_id, outcome, released_at, taken_at, cpu_s, memory_peak_bytes, provenance
    )
    select
        f.shard_id, f.attempt, f.runner_id, 'done', f.released_at, f.taken_at,
        -- As the statement found them, the studies have no new ones.
        case when new.cpu_s is null then old.cpu_s else new.cpu_s + coalesce(old.cpu_s, 0) end,
        greatest(new.memory_peak_bytes, old.memory_peak_bytes), f.provenance
    from finished f
    join (
        select shard_id, attempt, sum(cpu_s) as cpu_s, max(memory_peak_bytes) as memory_peak_bytes
        from inserted group by shard_id, attempt
    ) new using (shard_id, attempt)
    cross join lateral attempt_usage(f.shard_id, f.attempt) old
    on conflict (shard_id, attempt) do nothing
),
touched as (
    select distinct submission_id, box_id from inserted where loss is not null
),
-- In one order always, so that the score is the same bit for bit; a cost of the black boxes with new studies alone.
changed as (
    insert into box_scores (submission_id, box_id, studies, loss)
    select submission_id, box_id, count(*), avg(loss order by study)
    from (
        select submission_id, box_id, study, loss from inserted where loss is not null
        union all
        select st.submission_id, st.box_id, st.study, st.loss
        from touched join studies st on st.submission_id = touched.submission_id and st.box_id = touched.box_id
        where st.loss is not null
    ) as every
    group by submission_id, box_id
    on conflict (submission_id, box_id) do update set studies = excluded.studies, loss = excluded.loss
    returning submission_id, box_id, loss
),
present as (
    select submission_id, box_id, loss from changed
    union all
    -- As the statement found them: what it has just changed is above.
    select b.submission_id, b.box_id, b.loss from box_scores b
    where b.submission_id in (select c.submission_id from changed c)
        and not exists (select from changed c where c.submission_id = b.submission_id and c.box_id = b.box_id)
),
provided as (
    insert into provenances (submission_id, ran_by, scored_by, studies)
    select submission_id, coalesce(provenance, '{}'), :scored_by, count(*) from described
    group by submission_id, coalesce(provenance, '{}')
    on conflict (submission_id, ran_by, scored_by) do update set studies = provenances.studies + excluded.studies
),
written as (
    insert into study_logs (submission_id, shard_id, attempt, study, log)
    select submission_id, shard_id, attempt, study, log from described where log <> ''
    on conflict do nothing
),
-- Bayesmark's signature of a test problem is kept the first time it comes.
signed as (
    update black_boxes b set signature = new.signature
    from (select distinct on (box_id) box_id, signature from described where signature is not null) as new
    where b.id = new.box_id and b.signature is null
)
select
    u.id, u.phase_id, n.change, coalesce(new.studies, 0) as studies, coalesce(new.timed_out, 0) as timed_out,
    coalesce(new.suggest_errors, 0) as suggest_errors, coalesce(new.observe_errors, 0) as observe_errors,
    coalesce(u.studies_done + new.studies = u.studies_total, false) as is_complete, scored.losses
from unended u
join numbered n using (phase_id)
left join (
    select
        submission_id, count(*)::integer as studies, count(*) filter (where timed_out)::integer as timed_out,
        sum(suggest_errors)::integer as suggest_errors, sum(observe_errors)::integer as observe_errors
    from inserted group by submission_id
) new on new.submission_id = u.id
left join (
    select submission_id, array_agg(loss order by box_id) as losses from present group by submission_id
) scored on scored.submission_id = u.id;

-- name: draw_curves(submission_ids)!
-- Keeps the curves of submissions that are scored: means over the studies of each black box, then over these.
update submissions s set curve = drawn.curve
from (
    select submission_id, array_agg(loss order by iteration)::real[] as curve
    from (
        select submission_id, iteration, avg(loss) as loss
        from (
            select st.submission_id, st.box_id, point.iteration, avg(point.loss) as loss
            from studies st cross join lateral unnest(st.curve) with ordinality as point (loss, iteration)
            where st.submission_id = any (:submission_ids::uuid[])
            group by st.submission_id, st.box_id, point.iteration
        ) of_boxes
        group by submission_id, iteration
    ) of_all
    group by submission_id
) drawn
where s.id = drawn.submission_id;

-- name: fail_submission(submission_id, verdict, stage, iteration, detail, change, ran_by, scored_by)!
-- A fatal error ends the submission with its verdict, once.
with failed as (
    update submissions
    set state = 'failed', verdict = :verdict, verdict_stage = :stage, verdict_iteration = :iteration,
        verdict_detail = :detail, ended_at = now(), change = :change, started_at = coalesce(started_at, now())
    where id = :submission_id and ended_at is null
    returning id
),
counted as (
    insert into provenances (submission_id, ran_by, scored_by, studies)
    select id, :ran_by::jsonb, :scored_by, 0 from failed
    on conflict do nothing
)
insert into submission_events (submission_id, event, detail)
select id, 'failed', jsonb_build_object('verdict', :verdict::text, 'detail', :detail::text) from failed;

-- name: keep_logs(submission_ids, shard_ids, attempts, studies, logs)!
-- Keeps what optimizers wrote; the first end of an attempt at a study stays.
insert into study_logs (submission_id, shard_id, attempt, study, log)
select submission_id, shard_id, attempt, study, log
from unnest(:submission_ids::uuid[], :shard_ids::uuid[], :attempts::integer[], :studies::integer[], :logs::text[])
    as new (submission_id, shard_id, attempt, study, log)
where exists (select from shards sh where sh.id = new.shard_id)
on conflict do nothing;

-- name: record_fatal(shard_id, attempt, runner_id, verdict, detail, cpu_s, memory_peak_bytes, provenance)!
-- Keeps the execution that ended its submission, with what its earlier studies and the fatal one used.
insert into executions (
    shard_id, attempt, runner_id, outcome, verdict, detail, released_at, taken_at, cpu_s, memory_peak_bytes, provenance
)
select
    sh.id, :attempt, :runner_id, 'fatal', :verdict, :detail,
    sh.released_at, case when sh.attempt = :attempt then sh.taken_at end,
    case when :cpu_s::double precision is null then used.cpu_s else coalesce(used.cpu_s, 0) + :cpu_s end,
    greatest(used.memory_peak_bytes, :memory_peak_bytes::bigint),
    :provenance::jsonb
from shards sh
cross join lateral attempt_usage(sh.id, :attempt) used
where sh.id = :shard_id
on conflict (shard_id, attempt) do nothing;
