-- migrate:up

-- The results of many studies are one parameter of one statement.
create type new_study as (
    submission_id uuid,
    box_id uuid,
    study integer,
    shard_id uuid,
    attempt integer,
    runner_id text,
    visible double precision [],
    generalization double precision [],
    eval_time_s double precision [],
    suggest_time_s double precision [],
    observe_time_s double precision [],
    construct_time_s double precision,
    suggestions text,
    timed_out boolean,
    cut_off_by text,
    suggest_errors integer,
    observe_errors integer,
    loss double precision,
    curve real [],
    cpu_s double precision,
    memory_peak_bytes bigint,
    evaluation_cpu_s double precision,
    signature double precision [],
    provenance text,
    log text
);

-- A study's submission and black box are those of its shard, which is checked: two checks more for each study are a
-- third of the time to store it.
alter table studies drop constraint studies_submission_id_fkey;
alter table studies drop constraint studies_box_id_fkey;

-- migrate:down
