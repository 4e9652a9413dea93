-- name: reopened_at(phase_id)$
-- Since when a phase is an everlasting benchmark; nothing if it is none.
select at from reopenings where phase_id = :phase_id;

-- name: newest_reopened(competition_id)$
-- The name of the phase of a competition that was reopened last.
select p.name from reopenings r join phases p on p.id = r.phase_id
where p.competition_id = :competition_id
order by r.at desc limit 1;

-- name: open_phases(competition_id)
-- The phases with secret black boxes that teams may still submit to, or will: all others must have closed for good.
select p.name, p.closes_at from phases p
where
    p.competition_id = :competition_id and p.kind = 'competition' and p.visibility = 'public' and not p.practice
    and coalesce(p.closes_at > clock_timestamp(), true)
    and not exists (select from reopenings r where r.phase_id = p.id)
order by p.position;

-- name: unended(competition_id)$
-- How many submissions of a competition's phases have not ended.
select count(*) from submissions s join phases p on p.id = s.phase_id
where p.competition_id = :competition_id and p.kind = 'competition' and s.ended_at is null;

-- name: has_scored(phase_id)$
-- Whether a phase has a scored submission.
select exists (select from counting_submissions where phase_id = :phase_id);

-- name: reopen(phase_id, attempts_per_day, active_submissions)$
-- Opens a phase for everybody and for ever, and freezes its leaderboard at this moment. Quotas that it has stay.
with reopened as (
    insert into reopenings (phase_id, at) values (:phase_id, clock_timestamp()) returning at
)
update phases set
    visibility = 'public', opens_at = null, closes_at = null, frozen_at = reopened.at,
    attempts_per_day = coalesce(attempts_per_day, :attempts_per_day),
    active_submissions = coalesce(active_submissions, :active_submissions)
from reopened where id = :phase_id returning reopened.at;

-- name: revealed_boxes(competition_id, after, maximum)
-- The black boxes of a competition that a phase uses, by label, with the test problems that they are.
select distinct b.label, b.test_case
from black_boxes b join phase_boxes pb on pb.box_id = b.id join phases p on p.id = pb.phase_id
where b.competition_id = :competition_id and p.kind = 'competition' and b.label > :after
order by b.label limit :maximum;

-- name: later_submissions(submission_ids, at)
-- Those of some submissions that were made after a moment.
select id from submissions where id = any (:submission_ids::uuid[]) and created_at > :at;
