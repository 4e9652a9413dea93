-- Tokens had a role and nothing else.
insert into tokens (hash, role, team_id) values (sha256('team-token'), 'team', '70000000-0000-4000-8000-000000000001');
