-- A competition as the first release stored it: a phase of two black boxes, one submission scored, one failed, one under way.
insert into baselines (id, name, version, source, document) values (
    'b0000000-0000-4000-8000-000000000001', 'official', 1, 'file', '{}'
);
insert into baseline_boxes (baseline_id, test_case, objective, clip, best, iterations, signature)
select 'b0000000-0000-4000-8000-000000000001', test_case, objective, 1, 0, 2, '{0.1,0.2,0.3,0.4,0.5}'
from
    unnest(array['DT_iris_acc', 'kNN_iris_acc']) as test_case,
    unnest(array['_visible_to_opt', 'generalization']) as objective;
insert into competitions (id, slug, name, seed) values ('c0000000-0000-4000-8000-000000000001', 'old', 'Old', 'seed');
insert into black_boxes (id, competition_id, label, model, dataset, metric, signature) values
('0b000000-0000-4000-8000-000000000001', 'c0000000-0000-4000-8000-000000000001', 'box-01', 'DT', 'iris', 'acc', '{1,2,3,4,5}'),
('0b000000-0000-4000-8000-000000000002', 'c0000000-0000-4000-8000-000000000001', 'box-02', 'kNN', 'iris', 'acc', '{1,2,3,4,5}');
insert into phases (
    id, competition_id, name, position, visibility, baseline_id, n_calls, n_suggestions, studies_per_box, studies_per_shard,
    limits, change
) values (
    'f0000000-0000-4000-8000-000000000001', 'c0000000-0000-4000-8000-000000000001', 'feedback', 0, 'public',
    'b0000000-0000-4000-8000-000000000001', 2, 1, 1, 1,
    '{"study_timeout_s": 640, "iteration_timeout_s": 40, "memory_limit_bytes": 2147483648}', 9
);
insert into phase_boxes (phase_id, box_id) select 'f0000000-0000-4000-8000-000000000001', id from black_boxes;
insert into teams (id, competition_id, name) values
('70000000-0000-4000-8000-000000000001', 'c0000000-0000-4000-8000-000000000001', 'first'),
('70000000-0000-4000-8000-000000000002', 'c0000000-0000-4000-8000-000000000001', 'second');
insert into submissions (
    id, phase_id, team_id, blob_sha256, filename, size_bytes, state, verdict, verdict_detail, score, score_low, score_high,
    studies_total, studies_done, studies_timed_out, expanded_at, started_at, ended_at, change
) values
(
    '50000000-0000-4000-8000-000000000001', 'f0000000-0000-4000-8000-000000000001', '70000000-0000-4000-8000-000000000001',
    repeat('a', 64), 'good.zip', 100, 'scored', 'scored', '', 62.5, 50, 75, 2, 2, 1, now(), now(), now(), 5
),
(
    '50000000-0000-4000-8000-000000000002', 'f0000000-0000-4000-8000-000000000001', '70000000-0000-4000-8000-000000000002',
    repeat('b', 64), 'bad.zip', 100, 'failed', 'process_died', 'exit code 1', null, null, null, 2, 0, 0, now(), now(), now(), 7
),
(
    '50000000-0000-4000-8000-000000000003', 'f0000000-0000-4000-8000-000000000001', '70000000-0000-4000-8000-000000000002',
    repeat('c', 64), 'slow.zip', 100, 'running', null, '', null, null, null, 2, 0, 0, now(), now(), null, 9
);
insert into submission_events (submission_id, event) select id, 'accepted' from submissions;
insert into idempotency_keys (team_id, key, request_sha256, submission_id, answer) values (
    '70000000-0000-4000-8000-000000000001', 'key', repeat('d', 64), '50000000-0000-4000-8000-000000000001', '{}'
);
insert into shards (
    id, submission_id, box_id, ordinal, first_study, n_studies, studies_done, state, attempt, runner_id, released_at, lease_until
) values
(
    '5a000000-0000-4000-8000-000000000001', '50000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000001',
    0, 0, 1, 1, 'done', 1, 'runner', now(), null
),
(
    '5a000000-0000-4000-8000-000000000002', '50000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000002',
    1, 0, 1, 1, 'done', 1, 'runner', now(), null
),
(
    '5a000000-0000-4000-8000-000000000003', '50000000-0000-4000-8000-000000000002', '0b000000-0000-4000-8000-000000000001',
    0, 0, 1, 0, 'dropped', 1, 'runner', now(), null
),
(
    '5a000000-0000-4000-8000-000000000004', '50000000-0000-4000-8000-000000000003', '0b000000-0000-4000-8000-000000000001',
    0, 0, 1, 0, 'running', 1, 'runner', now(), now()
);
insert into executions (shard_id, attempt, runner_id, outcome, detail, released_at) values
('5a000000-0000-4000-8000-000000000001', 1, 'runner', 'done', '', now()),
('5a000000-0000-4000-8000-000000000002', 1, 'runner', 'done', '', now()),
('5a000000-0000-4000-8000-000000000003', 1, 'runner', 'fatal', 'exit code 1', now());
insert into studies (
    submission_id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s, suggest_time_s,
    observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors, observe_errors, loss, change
) values
(
    '50000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000001', 0, '5a000000-0000-4000-8000-000000000001',
    1, 'runner', '{{0.5},{0.25}}', '{{0.5},{0.25}}', '{{0.1},{0.1}}', '{0.1,0.1}', '{0.1,0.1}', 0.1,
    '[[{"max_depth": 3}], [{"max_depth": 5}]]', false, 0, 0, 0.25, 3
),
(
    '50000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000002', 0, '5a000000-0000-4000-8000-000000000002',
    1, 'runner', '{{0.75},{0.5}}', '{{0.75},{0.5}}', '{{0.1},{0.1}}', '{600,60}', '{0.1,0.1}', 0.1,
    '[[{"n_neighbors": 3}], [{"n_neighbors": 5}]]', true, 0, 0, 0.5, 4
);
insert into box_scores (submission_id, box_id, studies, loss) values
('50000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000001', 1, 0.25),
('50000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000002', 1, 0.5);
insert into runners (id, slots, ready, reason) values ('runner', 2, true, '');
insert into outbox (routing_key, body) values ('submission.accepted', '{}');
