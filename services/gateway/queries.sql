-- name: put_organizer_token(hash)!
-- Makes the token of the settings an organizer's.
insert into tokens (hash, role, name, scopes) values (:hash, 'organizer', 'ARENA_ORGANIZER_TOKEN', '{read,manage,accounts}')
on conflict (hash) do nothing;

-- name: find_token(hash)^
-- Whose token this is.
select k.role, k.scopes, k.team_id, t.competition_id
from tokens k left join teams t on t.id = k.team_id
where k.hash = :hash and k.revoked_at is null;

-- name: list_competitions()
-- Every competition with a public phase.
select c.slug, c.name from competitions c
where exists (select from phases p where p.competition_id = c.id and p.visibility = 'public')
order by c.created_at;

-- name: find_competition(slug)^
-- A competition by its slug.
select id, slug, name from competitions where slug = :slug;

-- name: list_phases(competition_id)
-- The phases of a competition in their order, with what teams may know of them.
select
    p.id, p.name, p.visibility, p.n_calls, p.n_suggestions, p.studies_per_box, p.studies_per_shard, p.limits,
    p.opens_at, p.closes_at, p.attempts_per_day, p.scored_per_day, p.active_submissions, p.practice,
    coalesce(p.opens_at <= now(), true) and coalesce(p.closes_at > now(), true) as is_open,
    count(pb.box_id) as n_boxes,
    coalesce(array_agg(b.label order by b.label) filter (where b.id is not null), '{}') as boxes
from phases p
left join phase_boxes pb on pb.phase_id = p.id
left join black_boxes b on b.id = pb.box_id
where p.competition_id = :competition_id
group by p.id
order by p.position;

-- name: find_replay(team_id, key)^
-- What was answered to a request with this key.
select request_sha256, answer from idempotency_keys where team_id = :team_id and key = :key;

-- name: lock_team(team_id)^
-- Makes submissions of one team come one after the other, so that quotas hold.
select name from teams where id = :team_id for update;

-- name: use_of_quota(team_id, phase_id)^
-- What counts against a team's quotas: what was scored or may yet be, and the team's own failures. What the platform
-- failed, or the team cancelled before it learned anything of it, costs nothing.
with recent as (
    select created_at, ended_at is null as active, ended_at is null or state = 'scored' as scored
    from submissions
    where team_id = :team_id and phase_id = :phase_id and (
        ended_at is null
        or created_at > now() - interval '1 day' and (
            state = 'scored' or (state = 'failed' and verdict <> 'platform_fault')
            or (state = 'cancelled' and studies_done > 0)
        )
    )
),
today as (
    select * from recent where created_at > now() - interval '1 day'
)
select
    (select count(*) from recent where active) as active,
    count(*) as attempts,
    count(*) filter (where scored) as scored,
    extract(epoch from min(created_at) + interval '1 day' - now())::double precision as attempt_in_s,
    extract(epoch from min(created_at) filter (where scored) + interval '1 day' - now())::double precision as score_in_s
from today;

-- name: next_change(phase_id)$
-- Takes the next number of a phase; the last lock of the transaction.
select next_change(:phase_id);

-- name: insert_submission(id, phase_id, team_id, blob_sha256, filename, size_bytes, studies_total, created_at, change)!
-- A submission is queued, with its first event.
with inserted as (
    insert into submissions (
        id, phase_id, team_id, blob_sha256, filename, size_bytes, studies_total, created_at, change
    )
    values (
        :id, :phase_id, :team_id, :blob_sha256, :filename, :size_bytes, :studies_total, :created_at, :change
    )
    returning id
)
insert into submission_events (submission_id, event) select id, 'accepted' from inserted;

-- name: insert_replay(team_id, key, request_sha256, submission_id, answer)!
-- Keeps the answer for whoever sends the same request again.
insert into idempotency_keys (team_id, key, request_sha256, submission_id, answer)
values (:team_id, :key, :request_sha256, :submission_id, :answer);

-- name: find_submission(id)^
-- A submission with all that its team may know of it.
select
    s.*, c.slug as competition, p.name as phase, p.visibility, p.practice, t.name as team,
    case when s.state = 'queued' then (
        select count(*) + 1 from submissions o
        where o.phase_id = s.phase_id and o.ended_at is null and o.state = 'queued'
            and (o.created_at, o.id) < (s.created_at, s.id)
    ) end as queue_position
from submissions s
join phases p on p.id = s.phase_id
join competitions c on c.id = p.competition_id
join teams t on t.id = s.team_id
where s.id = :id;

-- name: list_submissions(competition_id, phase, team_id)
-- The newest submissions of a competition, of one phase or team if given.
select
    s.*, c.slug as competition, p.name as phase, p.practice, t.name as team, null::bigint as queue_position
from submissions s
join phases p on p.id = s.phase_id
join competitions c on c.id = p.competition_id
join teams t on t.id = s.team_id
where c.id = :competition_id
    and (:phase::text is null or p.name = :phase)
    and (:team_id::uuid is null or t.id = :team_id)
order by s.created_at desc
limit 500;

-- name: lock_unended(id)^
-- A submission that is about to be cancelled, locked before its phase.
select phase_id from submissions where id = :id and ended_at is null for update;

-- name: cancel_submission(id, change)!
-- Ends a submission that has not ended.
with cancelled as (
    update submissions set state = 'cancelled', verdict = 'cancelled', ended_at = now(), change = :change
    where id = :id and ended_at is null
    returning id
)
insert into submission_events (submission_id, event) select id, 'cancelled' from cancelled;

-- name: list_studies(submission_id, since)
-- Studies of a submission with a change after a number.
select b.label as box, st.study, st.loss, st.timed_out, st.change
from studies st join black_boxes b on b.id = st.box_id
where st.submission_id = :submission_id and st.change > :since
order by st.change, b.label, st.study;

-- name: phase_change(phase_id)$
-- The number of a phase's last change.
select change from phases where id = :phase_id;

-- name: leaderboard(phase_id)
-- Per team its best finished submission, and its newest one that has not ended.
with best as (
    select distinct on (team_id) *
    from submissions
    where phase_id = :phase_id and state = 'scored'
    order by team_id, score desc, ended_at
),
current as (
    select distinct on (team_id) *
    from submissions
    where phase_id = :phase_id and ended_at is null
    order by team_id, created_at desc
)
select
    t.name as team,
    best.id as best_id, best.score as best_score, best.score_low as best_low, best.score_high as best_high,
    best.studies_done as best_done, best.studies_total as best_total, best.ended_at as best_ended_at,
    current.id as current_id, current.score as current_score, current.score_low as current_low,
    current.score_high as current_high, current.studies_done as current_done,
    current.studies_total as current_total, current.state as current_state
from best
full join current on current.team_id = best.team_id
join teams t on t.id = coalesce(best.team_id, current.team_id);

-- name: box_losses(submission_ids)
-- Mean losses per black box of scored submissions.
select submission_id, box_id, loss from box_scores where submission_id = any (:submission_ids::uuid[]);

-- name: create_team(competition_id, name, hash, scopes)^
-- Makes a team with its first token; nothing when the name is taken.
with created as (
    insert into teams (competition_id, name) values (:competition_id, :name)
    on conflict (competition_id, name) do nothing
    returning id
)
insert into tokens (hash, role, team_id, scopes) select :hash, 'team', id, :scopes::text[] from created
returning team_id;

-- name: find_team(competition_id, name)$
-- A team by its name.
select id from teams where competition_id = :competition_id and name = :name;

-- name: revoke_team_tokens(team_id)!
-- No token that the team had is good any more.
update tokens set revoked_at = now() where team_id = :team_id and revoked_at is null;

-- name: add_token(hash, role, team_id, name, scopes)$
-- One more token.
insert into tokens (hash, role, team_id, name, scopes) values (:hash, :role, :team_id, :name, :scopes::text[])
returning id;

-- name: list_tokens()
-- Every token, revoked ones too.
select k.id, k.role, t.name as team, c.slug as competition, k.name, k.scopes, k.created_at, k.revoked_at
from tokens k left join teams t on t.id = k.team_id left join competitions c on c.id = t.competition_id
order by k.created_at, k.id;

-- name: revoke_token(id)^
-- A token is good no more; the first time it is revoked counts.
update tokens set revoked_at = coalesce(revoked_at, now()) where id = :id returning id, revoked_at;

-- name: list_logs(submission_id)
-- What a submission's optimizer wrote, study by study.
select b.label as box, l.study, l.attempt, l.at, l.log
from study_logs l join shards sh on sh.id = l.shard_id join black_boxes b on b.id = sh.box_id
where l.submission_id = :submission_id
order by b.label, l.study, l.attempt;

-- name: insert_baseline(name, source, document)^
-- A new version of a baseline set.
insert into baselines (name, version, source, document)
select :name, coalesce(max(version), 0) + 1, :source, :document from baselines where name = :name
returning id, version;

-- name: insert_baseline_boxes(baseline_id, test_cases, objectives, clips, bests, iterations, signatures)!
-- What scoring needs of a baseline set; signatures have five numbers each, one after the other.
insert into baseline_boxes (baseline_id, test_case, objective, clip, best, iterations, signature)
select
    :baseline_id, test_case, objective, clip, best, :iterations,
    (:signatures::double precision[])[5 * (number - 1) + 1 : 5 * number]
from unnest(:test_cases::text[], :objectives::text[], :clips::double precision[], :bests::double precision[])
    with ordinality as new (test_case, objective, clip, best, number);

-- name: list_baselines()
-- All baseline sets, without their documents.
select name, version, source, created_at from baselines order by name, version;

-- name: find_baseline(name, version)^
-- A baseline set; its newest version when none is given.
select id, name, version, document from baselines
where name = :name and (:version::integer is null or version = :version)
order by version desc limit 1;

-- name: baseline_test_cases(baseline_id)
-- The test cases that a baseline set covers.
select distinct test_case, iterations from baseline_boxes where baseline_id = :baseline_id;

-- name: upsert_competition(slug, name, seed)$
-- A competition, made or renamed.
insert into competitions (slug, name, seed) values (:slug, :name, :seed)
on conflict (slug) do update set name = excluded.name, seed = excluded.seed
returning id;

-- name: lock_competition(slug)^
-- A competition as it is, for a change.
select
    c.id, c.seed, exists (
        select from submissions s join phases p on p.id = s.phase_id where p.competition_id = c.id
    ) as is_used
from competitions c where slug = :slug for update of c;

-- name: used_phases(competition_id)
-- Phases with submissions, as they are: what scores depend on.
select
    p.name, p.baseline_id, bl.name as baseline, p.n_calls, p.n_suggestions, p.studies_per_box, p.studies_per_shard,
    p.practice,
    array_agg(b.label || '=' || b.model || '_' || b.dataset || '_' || b.metric order by b.label) as boxes
from phases p
join baselines bl on bl.id = p.baseline_id
join phase_boxes pb on pb.phase_id = p.id
join black_boxes b on b.id = pb.box_id
where p.competition_id = :competition_id and exists (select from submissions s where s.phase_id = p.id)
group by p.id, bl.name;

-- name: clear_unused(competition_id)!
-- Takes away phases without submissions; what is still wanted of them is made again.
delete from phases p
where p.competition_id = :competition_id and not exists (select from submissions s where s.phase_id = p.id);

-- name: clear_unused_boxes(competition_id)!
-- Takes away black boxes that no phase has.
delete from black_boxes b
where b.competition_id = :competition_id and not exists (select from phase_boxes pb where pb.box_id = b.id)
    and not exists (select from shards sh where sh.box_id = b.id);

-- name: upsert_box(competition_id, label, model, dataset, metric)!
-- A black box under its opaque label; its signature is known if any competition has had it.
insert into black_boxes (competition_id, label, model, dataset, metric, signature)
values (:competition_id, :label, :model, :dataset, :metric, (
    select signature from black_boxes
    where model = :model and dataset = :dataset and metric = :metric and signature is not null limit 1
))
on conflict (competition_id, label) do nothing;

-- name: upsert_phase(competition_id, name, position, visibility, baseline_id, n_calls, n_suggestions, studies_per_box, studies_per_shard, limits, opens_at, closes_at, attempts_per_day, scored_per_day, active_submissions, practice)$
-- A phase, made or changed.
insert into phases (
    competition_id, name, position, visibility, baseline_id, n_calls, n_suggestions, studies_per_box,
    studies_per_shard, limits, opens_at, closes_at, attempts_per_day, scored_per_day, active_submissions, practice
)
values (
    :competition_id, :name, :position, :visibility, :baseline_id, :n_calls, :n_suggestions, :studies_per_box,
    :studies_per_shard, :limits, :opens_at, :closes_at, :attempts_per_day, :scored_per_day, :active_submissions,
    :practice
)
on conflict (competition_id, name) do update set
    position = excluded.position, visibility = excluded.visibility, limits = excluded.limits,
    opens_at = excluded.opens_at, closes_at = excluded.closes_at,
    attempts_per_day = excluded.attempts_per_day, scored_per_day = excluded.scored_per_day,
    active_submissions = excluded.active_submissions, practice = excluded.practice
returning id;

-- name: put_phase_boxes(phase_id, competition_id, labels)!
-- The black boxes of a phase.
insert into phase_boxes (phase_id, box_id)
select :phase_id, id from black_boxes where competition_id = :competition_id and label = any (:labels::text[])
on conflict do nothing;

-- name: list_incidents()
-- Shards that failed too often for the platform's own reasons.
select
    sh.id as shard_id, sh.submission_id, b.label as box, sh.attempt, sh.failures, sh.changed_at,
    (select e.detail from executions e where e.shard_id = sh.id order by e.attempt desc limit 1) as detail
from shards sh join black_boxes b on b.id = sh.box_id
where sh.state = 'incident' order by sh.changed_at;

-- name: retry_incident(shard_id)^
-- Lets an incident's shard wait for a runner again.
update shards set state = 'pending', failures = 0, not_before = '-infinity', changed_at = now()
where id = :shard_id and state = 'incident'
returning id as shard_id, submission_id;

-- name: list_shards(submission_id)
-- Every shard of a submission with its executions.
select
    sh.id as shard_id, b.label as box, b.model, b.dataset, b.metric, sh.first_study, sh.n_studies, sh.studies_done,
    sh.state, sh.attempt, sh.failures, sh.runner_id,
    coalesce((
        select jsonb_agg(jsonb_build_object(
            'attempt', e.attempt, 'runner_id', e.runner_id, 'outcome', e.outcome, 'detail', e.detail,
            'released_at', e.released_at, 'ended_at', e.ended_at
        ) order by e.attempt)
        from executions e where e.shard_id = sh.id
    ), '[]') as executions
from shards sh join black_boxes b on b.id = sh.box_id
where sh.submission_id = :submission_id
order by sh.ordinal;

-- name: list_events(submission_id)
-- The history of a submission.
select at, event, detail from submission_events where submission_id = :submission_id order by id;

-- name: list_runners()
-- What runners said of themselves last.
select id, slots, ready, reason, seen_at from runners order by id;

-- name: phase_for_export(slug, phase)^
-- A phase with the baseline that its scores refer to.
select p.id, p.name, c.slug, p.n_calls, p.n_suggestions, bl.name as baseline, bl.version
from phases p join competitions c on c.id = p.competition_id join baselines bl on bl.id = p.baseline_id
where c.slug = :slug and p.name = :phase;

-- name: boxes_for_export(phase_id)
-- The black boxes of a phase by their real names.
select b.label as box, b.model, b.dataset, b.metric, b.signature
from phase_boxes pb join black_boxes b on b.id = pb.box_id
where pb.phase_id = :phase_id order by b.label;

-- name: submissions_for_export(phase_id, submission_id)
-- Each team's best scored submission, or the one asked for.
select s.id from submissions s
where s.phase_id = :phase_id and s.state = 'scored' and s.id = coalesce(:submission_id::uuid, (
    select o.id from submissions o
    where o.phase_id = s.phase_id and o.team_id = s.team_id and o.state = 'scored'
    order by o.score desc, o.ended_at limit 1
))
order by s.id;
