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

-- name: lock_submissions(submission_ids)
-- Locks those submissions that have not ended, for results for the others are late; and when all are locked takes the next
-- number of their phases, which orders this transaction among all that change them.
with locked as materialized (
    select id, phase_id from submissions
    where id = any (:submission_ids::uuid[]) and ended_at is null
    order by id for update
),
numbered as materialized (
    select phase_id, next_change(phase_id) as change
    from (select distinct phase_id from locked order by phase_id) phase
)
select locked.id, locked.phase_id, numbered.change from locked join numbered using (phase_id);

-- name: finish_shards(shard_ids, counts, attempts, runner_ids, provenances)!
-- Counts new studies on their shards; a shard with all of them is done, whichever attempt brought the last.
with finished as (
    update shards sh
    set studies_done = sh.studies_done + new.n,
        state = case when sh.studies_done + new.n = sh.n_studies then 'done' else sh.state end,
        lease_until = case when sh.studies_done + new.n = sh.n_studies then null else sh.lease_until end,
        changed_at = case when sh.studies_done + new.n = sh.n_studies then now() else sh.changed_at end
    from unnest(
        :shard_ids::uuid[], :counts::integer[], :attempts::integer[], :runner_ids::text[], :provenances::jsonb[]
    ) as new (shard_id, n, attempt, runner_id, provenance)
    where sh.id = new.shard_id
    returning sh.*, new.attempt as finished_attempt, new.runner_id as finished_by, new.provenance
)
insert into executions (
    shard_id, attempt, runner_id, outcome, released_at, taken_at, cpu_s, memory_peak_bytes, provenance
)
select
    f.id, f.finished_attempt, f.finished_by, 'done',
    f.released_at, case when f.attempt = f.finished_attempt then f.taken_at end,
    used.cpu_s, used.memory_peak_bytes, f.provenance
from finished f
cross join lateral attempt_usage(f.id, f.finished_attempt) used
where f.state = 'done'
on conflict (shard_id, attempt) do nothing;

-- name: score_boxes(submission_ids, box_ids)
-- Takes the means of the black boxes that have new studies, a cost of those boxes alone, and returns those of all boxes of
-- their submissions, in one order always, so that the score is the same bit for bit.
with changed as (
    insert into box_scores (submission_id, box_id, studies, loss)
    select st.submission_id, st.box_id, count(*), avg(st.loss order by st.study)
    from unnest(:submission_ids::uuid[], :box_ids::uuid[]) as new (submission_id, box_id)
    join studies st on st.submission_id = new.submission_id and st.box_id = new.box_id and st.loss is not null
    group by st.submission_id, st.box_id
    on conflict (submission_id, box_id) do update set studies = excluded.studies, loss = excluded.loss
    returning submission_id, box_id, loss
),
present as (
    select submission_id, box_id, loss from changed
    union all
    -- As the statement found them: what it has just changed is above.
    select b.submission_id, b.box_id, b.loss from box_scores b
    where b.submission_id = any (:submission_ids::uuid[])
        and not exists (select from changed c where c.submission_id = b.submission_id and c.box_id = b.box_id)
)
select submission_id, array_agg(loss order by box_id) as losses from present group by submission_id;

-- name: score_submissions(submission_ids, studies, timed_out, suggest_errors, observe_errors, scores, lows, highs, changes, ran_submissions, ran_by, ran_studies, scored_by)
-- Adds new studies to their submissions, and counts them on what ran and scored them; a submission with all is scored.
with scored as (
    update submissions s
    set studies_done = s.studies_done + new.studies,
        studies_timed_out = s.studies_timed_out + new.timed_out,
        suggest_errors = s.suggest_errors + new.suggest_errors,
        observe_errors = s.observe_errors + new.observe_errors,
        score = new.score,
        score_low = new.low,
        score_high = new.high,
        change = new.change,
        started_at = coalesce(s.started_at, now()),
        state = case when s.studies_done + new.studies = s.studies_total then 'scored' else 'running' end,
        verdict = case when s.studies_done + new.studies = s.studies_total then 'scored' end,
        ended_at = case when s.studies_done + new.studies = s.studies_total then now() end
    from unnest(
        :submission_ids::uuid[], :studies::integer[], :timed_out::integer[], :suggest_errors::integer[],
        :observe_errors::integer[], :scores::double precision[], :lows::double precision[],
        :highs::double precision[], :changes::bigint[]
    ) as new (id, studies, timed_out, suggest_errors, observe_errors, score, low, high, change)
    where s.id = new.id
    returning s.id, s.state, s.score
),
counted as (
    insert into provenances (submission_id, ran_by, scored_by, studies)
    select submission_id, ran_by, :scored_by, studies
    from unnest(:ran_submissions::uuid[], :ran_by::jsonb[], :ran_studies::integer[])
        as new (submission_id, ran_by, studies)
    on conflict (submission_id, ran_by, scored_by) do update set studies = provenances.studies + excluded.studies
),
recorded as (
    insert into submission_events (submission_id, event, detail)
    select id, 'scored', jsonb_build_object('score', score) from scored where state = 'scored'
)
select id, score from scored where state = 'scored';

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

-- name: record_signature(box_id, signature)!
-- Keeps Bayesmark's signature of a test problem, the first time it comes.
update black_boxes set signature = :signature where id = :box_id and signature is null;
