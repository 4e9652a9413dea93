-- name: insert_phase()$
-- A competition with one phase of 30 black boxes and 100 studies each; with its baseline, losses are already rescaled.
with baseline as (
    insert into baselines (name, version, source, document) values ('bench', 1, 'bench', '{}') returning id
),
competition as (
    insert into competitions (slug, name, seed) values ('bench', 'bench', 'bench') returning id
),
phase as (
    insert into phases (
        competition_id, name, position, visibility, baseline_id, n_calls, n_suggestions, studies_per_box,
        studies_per_shard, limits
    )
    select competition.id, 'bench', 0, 'public', baseline.id, 16, 8, 100, 1, '{}' from competition, baseline
    returning id
),
boxes as (
    insert into black_boxes (competition_id, label, model, dataset, metric, signature)
    select id, 'box-' || number, 'model-' || number, 'data', 'acc', '{0,0,0,0,0}'
    from competition, generate_series(1, 30) number
    returning id, model
),
scales as (
    insert into baseline_boxes (baseline_id, test_case, objective, clip, best, iterations, signature)
    select baseline.id, boxes.model || '_data_acc', '_visible_to_opt', 1, 0, 16, '{0,0,0,0,0}' from baseline, boxes
),
of_phase as (
    insert into phase_boxes (phase_id, box_id) select phase.id, boxes.id from phase, boxes
)
insert into teams (competition_id, name)
select competition.id, 'team ' || number from competition, generate_series(1, 100) number
returning (select id from phase);

-- name: insert_submissions(phase_id)!
-- 51 scored submissions of every team, with their results on each black box.
with scored as (
    insert into submissions (
        phase_id, team_id, blob_sha256, filename, size_bytes, state, verdict, score, score_low, score_high,
        studies_total, studies_done, created_at, expanded_at, started_at, ended_at, change
    )
    select
        :phase_id, id, repeat('0', 64), 'optimizer.zip', 1, 'scored', 'scored', 50 + 50 * random(), 40, 100,
        3000, 3000, now() - number * interval '1 day', now(), now(), now() - number * interval '1 day', number
    from teams, generate_series(1, 51) number
    returning id
),
found as (
    insert into box_scores (submission_id, box_id, studies, loss)
    select scored.id, pb.box_id, 100, random() from scored, phase_boxes pb
)
insert into shards (submission_id, box_id, ordinal, first_study, n_studies, studies_done, state, attempt)
select scored.id, pb.box_id, row_number() over (partition by scored.id), 0, 100, 100, 'done', 1
from scored, phase_boxes pb;

-- name: insert_curves(phase_id)!
-- A different falling curve of 16 iterations for every submission of a phase.
update submissions s
set curve = array(select (random() / iteration)::real from generate_series(1, 16) iteration where s.id is not null)
where phase_id = :phase_id;

-- name: insert_studies(first, last)!
-- The studies of the submissions from number `first` to `last` in the order of their ids; small, to save disk space.
insert into studies (
    submission_id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s, suggest_time_s,
    observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors, observe_errors, loss, change
)
select
    sh.submission_id, sh.box_id, study, sh.id, 1, 'bench', '{{0.5}}', '{{0.5}}', '{{0.5}}', '{0.5}', '{0.5}', 0.1,
    '[]', false, 0, 0, random(), 1
from (select id from submissions order by id limit :last::bigint - :first::bigint offset :first) s
join shards sh on sh.submission_id = s.id
cross join generate_series(0, 99) study;

-- name: insert_running(phase_id)$
-- A running submission of another team, with all of its shards released.
with team as (
    insert into teams (competition_id, name) select competition_id, 'newcomer' from phases where id = :phase_id returning id
),
running as (
    insert into submissions (
        phase_id, team_id, blob_sha256, filename, size_bytes, state, studies_total, expanded_at, started_at, change
    )
    select :phase_id, id, repeat('0', 64), 'optimizer.zip', 1, 'running', 3000, now(), now(), 100 from team
    returning id
),
released as (
    insert into shards (submission_id, box_id, ordinal, first_study, n_studies, state, attempt, released_at)
    select running.id, pb.box_id, row_number() over (order by study, pb.box_id), study, 1, 'released', 1, now()
    from running, phase_boxes pb, generate_series(0, 99) study
)
select id from running;

-- name: insert_running_everywhere(phase_id)
-- A scored submission of every team with its results on each black box, and one under way; returns the latter.
with submission as (
    insert into submissions (
        phase_id, team_id, blob_sha256, filename, size_bytes, state, verdict, score, score_low, score_high,
        studies_total, studies_done, expanded_at, started_at, ended_at, change
    )
    select
        :phase_id, t.id, repeat('0', 64), 'optimizer.zip', 1, state, nullif(state, 'running'), 50 + 50 * random(), 40, 100,
        1000000, 0, now(), now(), case when state = 'scored' then now() end, 0
    from teams t, unnest(array['scored', 'running']) state
    returning id, state
),
found as (
    insert into box_scores (submission_id, box_id, studies, loss)
    select s.id, pb.box_id, 100, random() from submission s, phase_boxes pb where s.state = 'scored'
)
select id from submission where state = 'running';

-- name: change_submission(id)^
-- Counts another finished study of a submission, as the aggregator does.
update submissions
set score = 50 + 50 * random(), studies_done = studies_done + 1, change = next_change(phase_id)
where id = :id
returning phase_id, change;
