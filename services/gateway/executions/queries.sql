-- name: plan_for_these_parameters()!
-- Lets the planner see which filters of the next query are set. Call it in the same transaction.
set local plan_cache_mode = force_custom_plan;

-- name: list_executions(competition, phase, team, submission_id, box, runner, outcome, verdict, since, before, before_shard, before_attempt, size)
-- A page of executions, last released first, including those under way. Ended attempts are rows of executions, the others
-- rows of shards. Each half of the union repeats the filters and the limit, so that it reads only a page of its table by
-- an index; filters on the union itself would read both tables completely.
with ended as (
    select
        sh.id as shard_id, e.attempt as attempt, e.runner_id, e.outcome, e.verdict, e.detail, e.released_at, e.taken_at,
        e.ended_at, e.cpu_s, e.memory_peak_bytes,
        c.slug as competition, p.name as phase, p.kind as phase_kind, t.name as team, s.id as submission_id, s.filename,
        s.environment, e.provenance ->> 'optimizer_image' as optimizer_image,
        b.label as box, b.model, b.dataset, b.metric, sh.first_study, sh.n_studies, p.n_calls, p.n_suggestions, p.limits
    from executions e
    join shards sh on sh.id = e.shard_id
    join submissions s on s.id = sh.submission_id
    join phases p on p.id = s.phase_id
    join competitions c on c.id = p.competition_id
    join teams t on t.id = s.team_id
    join black_boxes b on b.id = sh.box_id
    where (:competition::text is null or c.slug = :competition)
        and (:phase::text is null or p.name = :phase)
        and (:team::text is null or t.name = :team)
        and (:submission_id::uuid is null or s.id = :submission_id)
        and (:box::text is null or b.label = :box)
        and (:runner::text is null or e.runner_id = :runner)
        and (:outcome::text is null or e.outcome = :outcome)
        and (:since::timestamptz is null or e.released_at >= :since)
        and (:before::timestamptz is null or e.released_at <= :before)
        and (
            :before::timestamptz is null or e.released_at < :before
            or (e.shard_id, e.attempt) > (:before_shard::uuid, :before_attempt::integer)
        )
        and (:verdict::text is null or (e.verdict = :verdict and e.outcome <> 'done'))
        -- Nothing of a phase or team was released before its first submission or after its last one ended. So what others
        -- released before and since is not read.
        and (
            :phase::text is null or e.released_at >= (
                select min(ps.created_at) from submissions ps join phases pp on pp.id = ps.phase_id where pp.name = :phase
            )
        )
        and (
            :phase::text is null or e.released_at <= (
                select max(coalesce(ps.ended_at, 'infinity')) from submissions ps join phases pp on pp.id = ps.phase_id
                where pp.name = :phase
            )
        )
        and (
            :team::text is null or e.released_at <= (
                select max(coalesce(ts.ended_at, 'infinity')) from submissions ts join teams tt on tt.id = ts.team_id
                where tt.name = :team
            )
        )
    order by e.released_at desc, e.shard_id, e.attempt
    limit :size
),
under_way as (
    select
        sh.id as shard_id, sh.attempt as attempt, sh.runner_id, sh.state, null, '', sh.released_at, sh.taken_at,
        null::timestamptz, null::double precision, null::bigint,
        c.slug as competition, p.name as phase, p.kind as phase_kind, t.name as team, s.id as submission_id, s.filename,
        s.environment, null,
        b.label as box, b.model, b.dataset, b.metric, sh.first_study, sh.n_studies, p.n_calls, p.n_suggestions, p.limits
    from shards sh
    join submissions s on s.id = sh.submission_id
    join phases p on p.id = s.phase_id
    join competitions c on c.id = p.competition_id
    join teams t on t.id = s.team_id
    join black_boxes b on b.id = sh.box_id
    where (:competition::text is null or c.slug = :competition)
        and (:phase::text is null or p.name = :phase)
        and (:team::text is null or t.name = :team)
        and (:submission_id::uuid is null or s.id = :submission_id)
        and (:box::text is null or b.label = :box)
        and (:runner::text is null or sh.runner_id = :runner)
        and (:outcome::text is null or sh.state = :outcome)
        and (:since::timestamptz is null or sh.released_at >= :since)
        and (:before::timestamptz is null or sh.released_at <= :before)
        and (
            :before::timestamptz is null or sh.released_at < :before
            or (sh.id, sh.attempt) > (:before_shard::uuid, :before_attempt::integer)
        )
        and sh.state in ('released', 'running') and :verdict::text is null
        and not exists (select from executions e where e.shard_id = sh.id and e.attempt = sh.attempt)
),
page as (
    select * from (select * from ended union all select * from under_way) as found
    order by released_at desc, shard_id, attempt
    limit :size
)
select
    page.shard_id, page.attempt, page.runner_id, page.outcome, page.verdict, page.detail, page.released_at, page.taken_at,
    page.ended_at, page.competition, page.phase, page.phase_kind, page.team, page.submission_id, page.filename,
    page.environment, page.optimizer_image, page.box, page.model,
    page.dataset, page.metric, page.first_study, page.n_studies, page.n_calls, page.n_suggestions, page.limits,
    coalesce(u.studies, 0) as studies_done, coalesce(u.studies_timed_out, 0) as studies_timed_out,
    coalesce(page.cpu_s, u.cpu_s) as cpu_s, coalesce(page.memory_peak_bytes, u.memory_peak_bytes) as memory_peak_bytes,
    u.construct_time_s, u.suggest_time_s, u.observe_time_s, u.eval_time_s
from page
cross join lateral attempt_usage(page.shard_id, page.attempt) u
order by page.released_at desc, page.shard_id, page.attempt;

-- name: list_filter_names(competition, submission_id, runner)
-- The names by which the executions of a competition, or of all, can be filtered. Hidden phases and the organizer's team
-- are not shown in lists; nor are submissions and runners that are gone, of which only the one asked for is looked up.
select 'competition' as kind, c.slug as name, true as is_shown from competitions c
union all
select 'phase', p.name, p.kind = 'competition'
from phases p join competitions c on c.id = p.competition_id
where :competition::text is null or c.slug = :competition
union all
select 'team', t.name, not t.internal
from teams t join competitions c on c.id = t.competition_id
where :competition::text is null or c.slug = :competition
union all
select 'box', b.label, true
from black_boxes b join competitions c on c.id = b.competition_id
where :competition::text is null or c.slug = :competition
union all
select 'submission', s.id::text, false from submissions s where s.id = :submission_id
union all
select 'runner', r.id, true from runners r
union all
select 'runner', :runner::text, false
where exists (select from executions e where e.runner_id = :runner) or exists (select from shards sh where sh.runner_id = :runner)
order by kind, is_shown desc, name;

-- name: find_execution(shard_id, attempt)^
-- One execution, ended or not, with everything that it depended on.
select
    sh.id as shard_id, :attempt::integer as attempt, coalesce(e.runner_id, sh.runner_id) as runner_id,
    coalesce(e.outcome, sh.state) as outcome, e.verdict, coalesce(e.detail, '') as detail,
    coalesce(e.released_at, sh.released_at) as released_at,
    case when e.outcome is null then sh.taken_at else e.taken_at end as taken_at, e.ended_at,
    c.slug as competition, p.name as phase, p.kind as phase_kind, t.name as team, s.id as submission_id, s.filename,
    s.environment, e.provenance ->> 'optimizer_image' as optimizer_image,
    b.label as box, b.model, b.dataset, b.metric, sh.first_study, sh.n_studies, p.n_calls, p.n_suggestions, p.limits,
    coalesce(u.studies, 0) as studies_done, coalesce(u.studies_timed_out, 0) as studies_timed_out,
    coalesce(e.cpu_s, u.cpu_s) as cpu_s, coalesce(e.memory_peak_bytes, u.memory_peak_bytes) as memory_peak_bytes,
    u.construct_time_s, u.suggest_time_s, u.observe_time_s, u.eval_time_s,
    e.provenance, c.id as competition_id, c.seed as competition_seed, p.cpus, p.parameter_names, p.runtime,
    bl.name as baseline, bl.version as baseline_version, s.blob_sha256, s.size_bytes, s.revision, s.origin_id, s.verdict_stage,
    s.verdict_iteration, b.dataset_sha256, b.test_case
from shards sh
left join executions e on e.shard_id = sh.id and e.attempt = :attempt
cross join lateral attempt_usage(sh.id, :attempt) u
join submissions s on s.id = sh.submission_id
join phases p on p.id = s.phase_id
join competitions c on c.id = p.competition_id
join teams t on t.id = s.team_id
join black_boxes b on b.id = sh.box_id
left join baselines bl on bl.id = p.baseline_id
where sh.id = :shard_id
    and (e.outcome is not null or (sh.attempt = :attempt and sh.state in ('released', 'running')));

-- name: studies_of_execution(shard_id, attempt)
-- The finished studies of an attempt.
select
    study, loss, timed_out, cut_off_by, suggest_errors, observe_errors, construct_time_s, suggest_time_s, observe_time_s,
    eval_time_s, cpu_s, memory_peak_bytes, finished_at
from studies where shard_id = :shard_id and attempt = :attempt order by study;

-- name: logs_of_execution(shard_id, attempt)
-- What the optimizer wrote in the ended studies of an attempt.
select study, log from study_logs where shard_id = :shard_id and attempt = :attempt order by study;

-- name: outcome_of_attempt(shard_id, attempt)$
-- How an attempt ended, or that it was superseded; null while its optimizer may still write something.
select coalesce(
    (select outcome from executions where shard_id = :shard_id and attempt = :attempt),
    case when not exists (
        select from shards where id = :shard_id and attempt = :attempt and state in ('released', 'running')
    ) then 'superseded' end
);

-- name: end_of_submission(submission_id)$
-- How a submission ended; null while its optimizer may still write something.
select state from submissions where id = :submission_id and ended_at is not null;

-- name: writing_attempts(submission_id, shard_id, attempt, size)
-- The attempts of a submission, or the one given, whose optimizers may be writing now.
select sh.id as shard_id, sh.attempt, b.label as box
from shards sh join black_boxes b on b.id = sh.box_id
where sh.submission_id = :submission_id and sh.state = 'running'
    and (:shard_id::uuid is null or (sh.id = :shard_id and sh.attempt = :attempt::integer))
order by sh.ordinal
limit :size;

-- name: stored_logs(submission_id, shard_id, attempt)
-- The studies of a submission, or of one attempt, of which a log is stored, in the order in which they ended.
select l.shard_id, l.attempt, l.study, b.label as box
from study_logs l join shards sh on sh.id = l.shard_id join black_boxes b on b.id = sh.box_id
where l.submission_id = :submission_id
    and (:shard_id::uuid is null or (l.shard_id = :shard_id and l.attempt = :attempt::integer))
order by l.at, b.label, l.study, l.attempt;

-- name: log_of_study(shard_id, attempt, study)$
-- What the optimizer wrote in a study of an attempt.
select log from study_logs where shard_id = :shard_id and attempt = :attempt and study = :study;

-- name: open_replay(execution)$
-- The replay of an execution that is still under way.
select t.submission_id from organizer_runs t join submissions s on s.id = t.submission_id
where t.purpose = 'replay' and t.document ->> 'execution' = :execution and s.ended_at is null
order by t.created_at desc limit 1;

-- name: find_replay_run(submission_id)^
-- The execution that a submission replays, and how far the replay is.
select
    t.document ->> 'execution' as execution, s.state, s.verdict, s.verdict_stage, s.verdict_iteration, s.ended_at,
    e.shard_id, e.attempt, e.provenance
from organizer_runs t
join submissions s on s.id = t.submission_id
left join shards sh on sh.submission_id = s.id
left join executions e on e.shard_id = sh.id and e.outcome in ('done', 'fatal')
where t.submission_id = :submission_id and t.purpose = 'replay'
order by e.attempt desc nulls last limit 1;

-- name: outcomes_of_studies(shard_id, attempt)
-- Everything that must be the same in a replay, study by study, of an attempt or, if none is given, of the whole shard.
select study, timed_out, visible, generalization, suggestions from studies
where shard_id = :shard_id and (:attempt::integer is null or attempt = :attempt)
order by study;
