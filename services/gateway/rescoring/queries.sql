-- name: lock_rescoring(phase_id)!
-- Locks a phase's rescoring, so that requests about its candidate are handled one after the other.
select pg_advisory_xact_lock(hashtextextended('rescoring of ' || :phase_id::uuid::text, 0));

-- name: find_candidate(phase_id)^
-- The candidate of a phase that is neither applied nor discarded.
select d.* from phase_details d
where d.kind = 'rescoring_candidate' and exists (
    select from submissions s join submissions o on o.id = s.origin_id
    where s.phase_id = d.id and o.phase_id = :phase_id
);

-- name: insert_candidate(phase_id, name, baseline_id, n_calls, n_suggestions, studies_per_box, studies_per_shard, limits, priority)$
-- Adds a hidden copy of a phase, with the given values changed.
insert into phases (
    competition_id, name, position, visibility, kind, baseline_id, n_calls, n_suggestions, studies_per_box, first_study,
    studies_per_shard, limits, practice, counting, priority, environments, cpus, parameter_names, runtime
)
select
    competition_id, :name, position, 'organizer', 'rescoring_candidate', coalesce(:baseline_id, baseline_id),
    coalesce(:n_calls, n_calls), coalesce(:n_suggestions, n_suggestions), coalesce(:studies_per_box, studies_per_box),
    first_study, coalesce(:studies_per_shard, studies_per_shard), coalesce(:limits, limits), practice, counting,
    coalesce(:priority, priority), environments, cpus, parameter_names, runtime
from phases where id = :phase_id
returning id;

-- name: boxes_of_phase(phase_id)
-- The black boxes of a phase.
select b.id, b.label from phase_boxes pb join black_boxes b on b.id = pb.box_id
where pb.phase_id = :phase_id order by b.label;

-- name: uncovered_boxes(phase_id)
-- The black boxes of a phase that its baseline set does not cover, or not for enough iterations.
select b.label from phases p
join phase_boxes pb on pb.phase_id = p.id
join black_boxes b on b.id = pb.box_id
where p.id = :phase_id and not exists (
    select from baseline_boxes bb
    where bb.baseline_id = p.baseline_id and bb.objective = '_visible_to_opt'
        and bb.test_case = b.test_case and bb.iterations >= p.n_calls
)
order by b.label;

-- name: ended_submissions(phase_id, only_counting)
-- The submissions of a phase that can be run again: those that were scored or failed by their own fault, or only those
-- that count.
select s.id from submissions s join teams t on t.id = s.team_id
where s.phase_id = :phase_id and not t.internal and s.zip_dropped_at is null and (
    (s.state = 'failed' and s.verdict <> 'platform_fault' and not :only_counting::boolean)
    or (s.state = 'scored' and not :only_counting::boolean)
    or s.id in (select c.id from counting_submissions c where c.phase_id = :phase_id)
)
order by s.created_at, s.id;

-- name: progress_of_phase(phase_id)^
-- The progress of a phase's submissions.
select
    count(*) as submissions, count(*) filter (where ended_at is not null) as ended,
    coalesce(sum(studies_done), 0) as studies_done, coalesce(sum(studies_total), 0) as studies_total
from submissions where phase_id = :phase_id;

-- name: compare_submissions(old_id, new_id)
-- The submissions of a phase that were run again, before and after; and those that count but were not.
select
    t.name as team, o.id as old_id, o.score as old_score, o.ended_at as old_ended_at,
    o.id in (select c.id from counting_submissions c where c.phase_id = :old_id) as old_counts,
    s.id as new_id, s.score as new_score, s.ended_at as new_ended_at, s.state as new_state,
    s.verdict as new_verdict,
    coalesce(s.id in (select c.id from counting_submissions c where c.phase_id = :new_id), false) as new_counts
from submissions o
join teams t on t.id = o.team_id
left join submissions s on s.origin_id = o.id and s.phase_id = :new_id
where o.phase_id = :old_id
    and (s.id is not null or o.id in (select c.id from counting_submissions c where c.phase_id = :old_id))
order by o.score desc nulls last, o.created_at, o.id;

-- name: lock_submissions_of(phase_ids)!
-- Locks the submissions of phases, before the phases, as in every transaction that changes both.
select 1 from submissions where phase_id = any (:phase_ids::uuid[]) order by id for update;

-- name: count_unended(phase_ids)$
-- How many submissions of phases have not ended.
select count(*) from submissions where phase_id = any (:phase_ids::uuid[]) and ended_at is null;

-- name: teams_left_out(old_id, new_id)
-- Teams with a submission that counts, none of which was run again.
select t.name from counting_submissions c join teams t on t.id = c.team_id
where c.phase_id = :old_id
    and not exists (select from submissions s where s.phase_id = :new_id and s.team_id = c.team_id)
order by t.name;

-- name: swap_submissions(live_id, candidate_id, live_change, candidate_change, revision)!
-- Moves the candidate's submissions into the phase, under the new revision, and the phase's into the candidate.
with swapped as (
    update submissions s set
        phase_id = case when s.phase_id = :live_id then :candidate_id::uuid else :live_id::uuid end,
        change = case when s.phase_id = :live_id then :candidate_change::bigint else :live_change::bigint end,
        revision = case when s.phase_id = :live_id then s.revision else :revision::integer end
    where s.phase_id in (:live_id, :candidate_id)
    returning s.id, s.phase_id
)
insert into submission_events (submission_id, event, detail)
select id, case phase_id when :live_id then 'rescoring applied' else 'archived' end,
    jsonb_build_object('revision', :revision::integer)
from swapped;

-- name: select_again(live_id)!
-- Selects the new runs of those submissions that teams had selected.
update submissions s set chosen = true
from submissions o
where s.phase_id = :live_id and o.id = s.origin_id and o.chosen and not s.chosen;

-- name: swap_phases(live_id, candidate_id)!
-- Exchanges everything that scores depend on between the two phases. The candidate becomes the archive.
update phases p set
    baseline_id = o.baseline_id, n_calls = o.n_calls, n_suggestions = o.n_suggestions,
    studies_per_box = o.studies_per_box, studies_per_shard = o.studies_per_shard, first_study = o.first_study,
    limits = o.limits, name = live.name, position = live.position, visibility = live.visibility,
    opens_at = live.opens_at, closes_at = live.closes_at, practice = live.practice, counting = live.counting,
    kind = case when p.id = :live_id then 'competition' else 'archived' end
from phases o, phases live
where live.id = :live_id and p.id in (:live_id, :candidate_id) and o.id in (:live_id, :candidate_id) and o.id <> p.id;

-- name: clear_boxes(phase_ids)!
-- Removes the black boxes of phases that are about to get new ones.
delete from phase_boxes where phase_id = any (:phase_ids::uuid[]);

-- name: give_boxes(phase_id, box_ids)!
-- Gives a phase its black boxes.
insert into phase_boxes (phase_id, box_id) select :phase_id, unnest(:box_ids::uuid[]);

-- name: unended_submissions_of(phase_id)
-- Submissions of a phase that have not ended.
select id from submissions where phase_id = :phase_id and ended_at is null order by id;

-- name: archive_phase(phase_id)!
-- Hides a phase; what ran in it stays on record.
update phases set kind = 'archived' where id = :phase_id;
