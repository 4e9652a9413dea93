-- name: list_competitions()
-- Every competition with a public phase.
select c.slug, c.name from competitions c
where exists (
    select from phases p
    where p.competition_id = c.id and p.kind = 'competition' and p.visibility = 'public'
)
order by c.created_at;

-- name: find_competition(slug)^
-- A competition by its slug.
select id, slug, name from competitions where slug = :slug;

-- name: list_phases(competition_id)
-- The phases of a competition in their order, with what teams may know of them.
select
    p.id, p.name, p.visibility, p.n_calls, p.n_suggestions, p.studies_per_box, p.studies_per_shard, p.limits,
    p.opens_at, p.closes_at, p.attempts_per_day, p.scored_per_day, p.active_submissions, p.practice, p.counting,
    p.frozen_at,
    coalesce(p.opens_at <= now(), true) and coalesce(p.closes_at > now(), true) as is_open,
    count(pb.box_id) as n_boxes,
    coalesce(array_agg(b.label order by b.label) filter (where b.id is not null), '{}') as boxes
from phases p
left join phase_boxes pb on pb.phase_id = p.id
left join black_boxes b on b.id = pb.box_id
where p.competition_id = :competition_id and p.kind = 'competition'
group by p.id
order by p.position;

-- name: upsert_competition(slug, name, seed)$
-- A competition, made or renamed.
insert into competitions (slug, name, seed) values (:slug, :name, :seed)
on conflict (slug) do update set name = excluded.name, seed = excluded.seed
returning id;

-- name: lock_competition(slug)^
-- A competition as it is, for a change.
select
    c.id, c.seed, exists (
        select from submissions s join phases p on p.id = s.phase_id where p.competition_id = c.id
    ) as is_used
from competitions c where slug = :slug for update of c;

-- name: used_phases(competition_id)
-- Phases with submissions, as they are: what scores depend on.
select
    p.name, p.baseline_id, bl.name as baseline, p.n_calls, p.n_suggestions, p.studies_per_box, p.studies_per_shard,
    p.practice,
    array_agg(b.label || '=' || b.model || '_' || b.dataset || '_' || b.metric order by b.label) as boxes
from phases p
join baselines bl on bl.id = p.baseline_id
join phase_boxes pb on pb.phase_id = p.id
join black_boxes b on b.id = pb.box_id
where p.competition_id = :competition_id and p.kind = 'competition'
    and exists (select from submissions s where s.phase_id = p.id)
group by p.id, bl.name;

-- name: clear_unused(competition_id)!
-- Takes away phases without submissions; what is still wanted of them is made again.
delete from phases p
where p.competition_id = :competition_id and p.kind = 'competition'
    and not exists (select from submissions s where s.phase_id = p.id);

-- name: clear_unused_boxes(competition_id)!
-- Takes away black boxes that no phase has.
delete from black_boxes b
where b.competition_id = :competition_id and not exists (select from phase_boxes pb where pb.box_id = b.id)
    and not exists (select from shards sh where sh.box_id = b.id);

-- name: upsert_box(competition_id, label, model, dataset, metric)!
-- A black box under its opaque label; its signature is known if any competition has had it.
insert into black_boxes (competition_id, label, model, dataset, metric, signature)
values (:competition_id, :label, :model, :dataset, :metric, (
    select signature from black_boxes
    where model = :model and dataset = :dataset and metric = :metric and signature is not null limit 1
))
on conflict (competition_id, label) do nothing;

-- name: upsert_phase(competition_id, name, position, visibility, baseline_id, n_calls, n_suggestions, studies_per_box, studies_per_shard, limits, opens_at, closes_at, attempts_per_day, scored_per_day, active_submissions, practice)$
-- A phase, made or changed.
insert into phases (
    competition_id, name, position, visibility, baseline_id, n_calls, n_suggestions, studies_per_box,
    studies_per_shard, limits, opens_at, closes_at, attempts_per_day, scored_per_day, active_submissions, practice
)
values (
    :competition_id, :name, :position, :visibility, :baseline_id, :n_calls, :n_suggestions, :studies_per_box,
    :studies_per_shard, :limits, :opens_at, :closes_at, :attempts_per_day, :scored_per_day, :active_submissions,
    :practice
)
on conflict (competition_id, name) where kind = 'competition' do update set
    position = excluded.position, visibility = excluded.visibility, limits = excluded.limits,
    opens_at = excluded.opens_at, closes_at = excluded.closes_at,
    attempts_per_day = excluded.attempts_per_day, scored_per_day = excluded.scored_per_day,
    active_submissions = excluded.active_submissions, practice = excluded.practice
returning id;

-- name: put_phase_boxes(phase_id, competition_id, labels)!
-- The black boxes of a phase.
insert into phase_boxes (phase_id, box_id)
select :phase_id, id from black_boxes where competition_id = :competition_id and label = any (:labels::text[])
on conflict do nothing;
