-- migrate:up

-- A role for each service, with what its queries need and no more; `shared/database_logins.py` makes a login of each. Roles
-- belong to the whole server, so another database may have made them already, or make them at this moment.
do $$
declare
    service text;
begin
    foreach service in array array['arena_gateway', 'arena_dispatcher', 'arena_aggregator'] loop
        begin
            execute format('create role %I nologin', service);
        exception when duplicate_object or unique_violation then
            null;
        end;
    end loop;
    execute format('revoke all on database %I from public', current_database());
    execute format(
        'grant connect on database %I to arena_gateway, arena_dispatcher, arena_aggregator', current_database()
    );
end
$$;

revoke all on function next_change(uuid), attempt_usage(uuid, integer) from public;
grant execute on function next_change(uuid), attempt_usage(uuid, integer)
to arena_gateway, arena_dispatcher, arena_aggregator;

-- The gateway reads everything, and only it reads and writes tokens and sessions. It stores no results.
grant select on
    baselines, baseline_boxes, black_boxes, box_scores, competition_revisions, competitions, counting_submissions,
    datasets, executions, idempotency_keys, organizer_runs, outbox, phase_boxes, phases, provenances, runners, sessions,
    shards, studies, study_logs, submission_events, submissions, team_quotas, teams, tokens
to arena_gateway;
grant insert on
    baselines, baseline_boxes, competition_revisions, datasets, idempotency_keys, organizer_runs, outbox, submission_events
to arena_gateway;
grant insert, update on competitions, submissions, team_quotas, teams, tokens to arena_gateway;
grant insert, update, delete on black_boxes, phases to arena_gateway;
grant insert, delete on phase_boxes, sessions to arena_gateway;
grant update on organizer_runs to arena_gateway;
grant update (state, failures, not_before, changed_at) on shards to arena_gateway;

-- The dispatcher: shards, their executions, runners, and which team is next. Of studies it sees only what they used.
grant select on black_boxes, executions, phase_boxes, phases, runners, shards, submissions to arena_dispatcher;
grant select (id, seed) on competitions to arena_dispatcher;
grant select (id, served_at) on teams to arena_dispatcher;
grant select (
    shard_id, attempt, timed_out, cpu_s, memory_peak_bytes, construct_time_s, suggest_time_s, observe_time_s, eval_time_s
) on studies to arena_dispatcher;
grant insert on executions, submission_events to arena_dispatcher;
grant insert, update on shards to arena_dispatcher;
grant insert, update, delete on runners to arena_dispatcher;
grant update (change) on phases to arena_dispatcher;
grant update (served_at) on teams to arena_dispatcher;
grant update (
    state, change, expanded_at, started_at, ended_at, verdict, verdict_detail
) on submissions to arena_dispatcher;

-- The aggregator: results and the scores made of them.
grant select on
    baseline_boxes, black_boxes, box_scores, executions, phase_boxes, phases, provenances, shards, studies, submissions
to arena_aggregator;
grant insert on executions, studies, study_logs, submission_events to arena_aggregator;
grant insert, update on box_scores, provenances to arena_aggregator;
grant update (signature) on black_boxes to arena_aggregator;
grant update (change) on phases to arena_aggregator;
grant update (state, studies_done, lease_until, changed_at) on shards to arena_aggregator;
grant update (
    state, change, started_at, ended_at, verdict, verdict_stage, verdict_iteration, verdict_detail, score, score_low,
    score_high, curve, studies_done, studies_timed_out, suggest_errors, observe_errors
) on submissions to arena_aggregator;

-- Each service that writes to the outbox also reads and empties it. Locking a row needs the right to update it.
grant select, insert, delete, update (id) on outbox to arena_gateway, arena_aggregator;

-- migrate:down
