-- Organizer runs and candidates of a re-scoring have these names.
insert into teams (id, competition_id, name, internal) values (
    '70000000-0000-4000-8000-000000000009', 'c0000000-0000-4000-8000-000000000001', 'organizer', true
);
insert into phases (
    id, competition_id, name, position, visibility, kind, baseline_id, n_calls, n_suggestions, studies_per_box,
    studies_per_shard, limits
)
select
    new.id::uuid, p.competition_id, new.name, 1, 'organizer', new.kind,
    case when new.kind = 'rescoring_candidate' then p.baseline_id end, 2, 1, 1, 1, p.limits
from phases p, (values
    ('f0000000-0000-4000-8000-000000000002', 'organizer-run-1', 'organizer_run'),
    ('f0000000-0000-4000-8000-000000000003', 'candidate-1', 'rescoring_candidate')
) as new (id, name, kind);
insert into submissions (
    id, phase_id, team_id, blob_sha256, filename, size_bytes, state, verdict, studies_total, ended_at, change
) values (
    '50000000-0000-4000-8000-000000000009', 'f0000000-0000-4000-8000-000000000002', '70000000-0000-4000-8000-000000000009',
    repeat('a', 64), 'good.zip', 100, 'scored', 'scored', 0, now(), 1
);
insert into organizer_runs (key, competition_id, submission_id, purpose, document) values (
    'key', 'c0000000-0000-4000-8000-000000000001', '50000000-0000-4000-8000-000000000009', 'estimate', '{}'
);
