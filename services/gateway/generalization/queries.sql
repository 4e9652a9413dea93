-- name: find_reveal(phase_id)^
-- When the generalization losses of a phase were revealed, if they were.
select revealed_at from generalization_reveals where phase_id = :phase_id;

-- name: list_revealed(phase_ids)
-- Those of some phases whose generalization losses were revealed.
select phase_id from generalization_reveals where phase_id = any (:phase_ids::uuid[]);

-- name: count_unended(phase_id)$
-- How many submissions of a phase have not ended.
select count(*) from submissions where phase_id = :phase_id and ended_at is null;

-- name: reveal(phase_id, revealed_by)$
-- Reveals the generalization losses of a phase; who asks again gets the first time.
with added as (
    insert into generalization_reveals (phase_id, revealed_by) values (:phase_id, :revealed_by)
    on conflict (phase_id) do nothing
    returning revealed_at
)
select revealed_at from added
union all
select revealed_at from generalization_reveals where phase_id = :phase_id
limit 1;
