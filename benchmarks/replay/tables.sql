-- name: measure_progress()^
-- How much is done, and how large the database is.
select
    pg_database_size(current_database()) as database_bytes,
    (select coalesce(sum(studies_done), 0)::bigint from submissions) as studies,
    (select count(*) from submissions where ended_at is not null) as ended,
    (select count(*) from submissions) as submissions;

-- name: measure_shares()
-- Of each team with unended shards: how many of them wait, and how many have a place on the broker or a slot.
select
    t.name as team,
    count(*) filter (where sh.state = 'pending') as waiting,
    count(*) filter (where sh.state in ('released', 'running')) as in_flight,
    count(*) filter (where sh.state = 'running') as running
from submissions s
join teams t on t.id = s.team_id
join shards sh on sh.submission_id = s.id
where s.ended_at is null and sh.state not in ('done', 'dropped')
group by t.name;

-- name: count_rows_read()
-- How many rows of each table were read and written since the database was made.
select
    relname as name, seq_tup_read + coalesce(idx_tup_fetch, 0) as read, seq_tup_read as scanned,
    n_tup_ins + n_tup_upd + n_tup_del as written, n_tup_hot_upd as hot
from pg_stat_user_tables;

-- name: measure_tables()
-- The size of each table, with its indexes.
select relname as name, pg_total_relation_size(relid) as bytes, pg_indexes_size(relid) as index_bytes
from pg_stat_user_tables;

-- name: list_submissions(phase)
-- Every submission of a phase, in the order in which they were accepted.
select
    s.id, t.name as team, s.blob_sha256, s.state, s.score, s.studies_done, s.studies_total,
    extract(epoch from s.created_at)::double precision as created_at,
    extract(epoch from s.ended_at)::double precision as ended_at,
    (select count(*) from submission_events e where e.submission_id = s.id and e.event = 'scored') as times_scored
from submissions s
join phases p on p.id = s.phase_id
join teams t on t.id = s.team_id
where p.name = :phase
order by s.created_at, s.id;

-- name: count_work(phase)^
-- What a phase has in the tables: its studies, its shards that are done, those that are not, and attempts without a result.
select
    (select count(*) from studies st join submissions s on s.id = st.submission_id where s.phase_id = p.id) as studies,
    (
        select count(*) from shards sh join submissions s on s.id = sh.submission_id
        where s.phase_id = p.id and sh.state = 'done'
    ) as executions,
    (
        select count(*) from executions e
        join shards sh on sh.id = e.shard_id join submissions s on s.id = sh.submission_id
        where s.phase_id = p.id and e.outcome <> 'done'
    ) as repeated,
    (
        select count(*) from shards sh join submissions s on s.id = sh.submission_id
        where s.phase_id = p.id and sh.state <> 'done'
    ) as unended
from phases p
where p.name = :phase;

-- name: list_studies(submission_id)
-- Every study of a submission.
select b.model, b.dataset, b.metric, st.study, st.visible
from studies st join black_boxes b on b.id = st.box_id
where st.submission_id = :submission_id
order by b.label, st.study;

-- name: count_statements()
-- The statements that took the most time.
select calls, total_exec_time as total_ms, rows, shared_blks_hit + shared_blks_read as blocks, query
from pg_stat_statements
where dbid = (select oid from pg_database where datname = current_database())
order by total_exec_time desc
limit 40;

-- name: watch_statements#
create extension if not exists pg_stat_statements;
