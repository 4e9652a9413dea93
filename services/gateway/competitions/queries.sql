-- name: list_competitions()
-- Every competition with a public phase.
select c.id, c.slug, c.name from competitions c
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
    p.frozen_at, p.image, p.runtime,
    coalesce(p.opens_at <= now(), true) and coalesce(p.closes_at > now(), true) as is_open,
    count(pb.box_id) as n_boxes,
    coalesce(array_agg(b.label order by b.label) filter (where b.id is not null), '{}') as boxes
from phases p
left join phase_boxes pb on pb.phase_id = p.id
left join black_boxes b on b.id = pb.box_id
where p.competition_id = :competition_id and p.kind = 'competition'
group by p.id
order by p.position;

-- name: find_phase(slug, name)^
-- A phase that teams know, with what its scores depend on.
select p.*, bl.name as baseline, bl.version as baseline_version,
    array(
        select b.label from phase_boxes pb join black_boxes b on b.id = pb.box_id where pb.phase_id = p.id
        order by b.label
    ) as boxes
from phases p join competitions c on c.id = p.competition_id left join baselines bl on bl.id = p.baseline_id
where c.slug = :slug and p.name = :name and p.kind = 'competition';

-- name: upsert_competition(slug, name, seed)$
-- A competition, made or renamed.
insert into competitions (slug, name, seed) values (:slug, :name, :seed)
on conflict (slug) do update set name = excluded.name, seed = excluded.seed
returning id;

-- name: lock_competition(slug)^
-- A competition as it is, for a change, with its last revision.
select c.id, c.name, c.seed, r.revision, r.document
from competitions c
left join lateral (
    select revision, document from competition_revisions where competition_id = c.id order by revision desc limit 1
) r on true
where c.slug = :slug
for no key update of c;

-- name: lock_phases(competition_id)!
-- Holds the phases as they are: whoever submits waits, and is seen once the lock is there.
select from phases where competition_id = :competition_id order by id for no key update;

-- name: present_phases(competition_id)
-- The phases of a document as they are, and whether scores depend on them.
select
    p.name, p.visibility, p.practice, bl.name || '@' || bl.version as baseline, p.n_calls, p.n_suggestions,
    p.studies_per_box, p.studies_per_shard, p.limits, p.opens_at, p.closes_at, p.attempts_per_day, p.scored_per_day,
    p.active_submissions, p.counting, p.priority, p.image, p.runtime,
    array(
        select b.label from phase_boxes pb join black_boxes b on b.id = pb.box_id
        where pb.phase_id = p.id order by b.label
    ) as boxes,
    exists (select from submissions s where s.phase_id = p.id) as is_used
from phases p
join baselines bl on bl.id = p.baseline_id
where p.competition_id = :competition_id and p.kind = 'competition'
order by p.position;

-- name: present_boxes(competition_id)
-- The black boxes as they are, and whether studies were or will be run on them.
select
    b.label, b.model, b.dataset, b.metric, b.dataset_sha256,
    exists (
        select from phase_boxes pb join submissions s on s.phase_id = pb.phase_id where pb.box_id = b.id
    ) as is_used
from black_boxes b where b.competition_id = :competition_id order by b.label;

-- name: list_datasets(slug)
-- The organizer's own data sets that are stored for a competition.
select name, blob_sha256, n_rows, n_features, created_at from datasets where competition_slug = :slug
order by name, created_at;

-- name: put_dataset(slug, name, blob_sha256, n_rows, n_features)!
-- A data set that was checked and whose file is stored.
insert into datasets (competition_slug, name, blob_sha256, n_rows, n_features)
values (:slug, :name, :blob_sha256, :n_rows, :n_features)
on conflict do nothing;

-- name: insert_revision(competition_id, document, code_version)$
-- The next revision of a competition.
insert into competition_revisions (competition_id, revision, document, code_version)
select :competition_id, coalesce(max(revision), 0) + 1, :document, :code_version
from competition_revisions where competition_id = :competition_id
returning revision;

-- name: list_revisions(competition_id)
-- Every revision of a competition, the newest first.
select revision, code_version, created_at, document from competition_revisions
where competition_id = :competition_id order by revision desc;

-- name: clear_unused(competition_id, names)!
-- Takes away the phases without submissions that are not wanted any more, and the others' black boxes, which come again.
with gone as (
    delete from phases p
    where p.competition_id = :competition_id and p.kind = 'competition' and p.name <> all (:names::text[])
        and not exists (select from submissions s where s.phase_id = p.id)
)
delete from phase_boxes pb using phases p
where p.id = pb.phase_id and p.competition_id = :competition_id and p.kind = 'competition'
    and not exists (select from submissions s where s.phase_id = p.id);

-- name: clear_unused_boxes(competition_id)!
-- Takes away the black boxes without studies; those that are wanted are made again.
delete from black_boxes b
where b.competition_id = :competition_id and not exists (select from phase_boxes pb where pb.box_id = b.id)
    and not exists (select from shards sh where sh.box_id = b.id);

-- name: upsert_box(competition_id, label, model, dataset, metric, dataset_sha256)!
-- A black box under its opaque label; its signature is known if any competition has had it, on the same file.
insert into black_boxes (competition_id, label, model, dataset, metric, dataset_sha256, signature)
values (:competition_id, :label, :model, :dataset, :metric, :dataset_sha256, (
    select signature from black_boxes
    where model = :model and dataset = :dataset and metric = :metric
        and dataset_sha256 is not distinct from :dataset_sha256 and signature is not null
    limit 1
))
on conflict (competition_id, label) do nothing;

-- name: upsert_phase(competition_id, name, position, visibility, baseline_id, n_calls, n_suggestions, studies_per_box, studies_per_shard, limits, opens_at, closes_at, attempts_per_day, scored_per_day, active_submissions, practice, counting, priority, image, runtime)$
-- A phase, made or changed; the plan has refused what may not change.
insert into phases (
    competition_id, name, position, visibility, baseline_id, n_calls, n_suggestions, studies_per_box,
    studies_per_shard, limits, opens_at, closes_at, attempts_per_day, scored_per_day, active_submissions, practice,
    counting, priority, image, runtime
)
values (
    :competition_id, :name, :position, :visibility, :baseline_id, :n_calls, :n_suggestions, :studies_per_box,
    :studies_per_shard, :limits, :opens_at, :closes_at, :attempts_per_day, :scored_per_day, :active_submissions,
    :practice, :counting, :priority, :image, :runtime
)
on conflict (competition_id, name) where kind = 'competition' do update set
    position = excluded.position, visibility = excluded.visibility, baseline_id = excluded.baseline_id,
    n_calls = excluded.n_calls, n_suggestions = excluded.n_suggestions, studies_per_box = excluded.studies_per_box,
    studies_per_shard = excluded.studies_per_shard, limits = excluded.limits, opens_at = excluded.opens_at,
    closes_at = excluded.closes_at, attempts_per_day = excluded.attempts_per_day,
    scored_per_day = excluded.scored_per_day, active_submissions = excluded.active_submissions,
    practice = excluded.practice, counting = excluded.counting, priority = excluded.priority, image = excluded.image,
    runtime = excluded.runtime
returning id;

-- name: put_phase_boxes(phase_id, competition_id, labels)!
-- The black boxes of a phase.
insert into phase_boxes (phase_id, box_id)
select :phase_id, id from black_boxes where competition_id = :competition_id and label = any (:labels::text[])
on conflict do nothing;
