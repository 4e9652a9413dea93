-- Tokens have names and scopes, verdicts a stage, and logs are kept.
insert into tokens (hash, role, team_id, scopes) values (
    sha256('team-token'), 'team', '70000000-0000-4000-8000-000000000001', '{read,submit}'
);
update submissions set verdict_stage = 'suggest', verdict_iteration = 1 where state = 'failed';
insert into study_logs (shard_id, attempt, study, submission_id, log) values (
    '5a000000-0000-4000-8000-000000000001', 1, 0, '50000000-0000-4000-8000-000000000001', 'what the optimizer wrote'
);
