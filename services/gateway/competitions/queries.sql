-- name: list_competitions(after, size)
-- A page of the competitions with a public phase, the oldest first.
select c.id, c.slug, c.name, c.description from competitions c
where exists (
        select from phases p
        where p.competition_id = c.id and p.kind = 'competition' and p.visibility = 'public'
    )
    and (:after::text is null or (c.created_at, c.slug) > (
        select a.created_at, a.slug from competitions a where a.slug = :after
    ))
order by c.created_at, c.slug
limit :size;

-- name: find_competition(slug)^
-- A competition by its slug.
select id, slug, name, description from competitions where slug = :slug;

-- name: competition_seed(competition_id)$
-- The seed that the seeds of a competition's studies derive from.
select seed from competitions where id = :competition_id;

-- name: list_phases(competition_id)
-- The phases of a competition in their order.
select * from phase_details where competition_id = :competition_id and kind = 'competition' order by position;

-- name: list_public_phases(competition_ids)
-- The public phases of these competitions in their order.
select * from phase_details
where competition_id = any (:competition_ids::uuid[]) and kind = 'competition' and visibility = 'public'
order by position;

-- name: count_teams(competition_ids)
-- How many teams take part in each of these competitions.
select competition_id, count(*) as teams from teams
where competition_id = any (:competition_ids::uuid[]) and not internal
group by competition_id;

-- name: find_phase(slug, name, kinds)^
-- The phase of a competition by its name, if it is of one of these kinds.
select * from phase_details where competition = :slug and name = :name and kind = any (:kinds::text[]);

-- name: is_phase_used(phase_id)$
-- Whether a phase has submissions.
select exists (select from submissions where phase_id = :phase_id);

-- name: list_black_boxes(competition_id, after, size)
-- A page of a competition's black boxes by their real names.
select label, family, model, dataset, metric, best from black_boxes
where competition_id = :competition_id and (:after::text is null or label > :after)
order by label
limit :size;

-- name: upsert_competition(slug, name, description, seed, registration)$
-- Creates a competition, or changes its name, description and seed, and how people sign up.
insert into competitions (slug, name, description, seed, registration)
values (:slug, :name, :description, :seed, :registration)
on conflict (slug) do update set
    name = excluded.name, description = excluded.description, seed = excluded.seed, registration = excluded.registration
returning id;

-- name: lock_slug(slug)!
-- Locks the name of a competition that may not exist yet, so that those who create it take turns.
select pg_advisory_xact_lock(hashtextextended('competition ' || :slug::text, 0));

-- name: lock_competition(slug)^
-- Locks a competition before a change, and returns it with its last revision.
select c.id, c.name, c.description, c.seed, c.registration, r.revision, r.document
from competitions c
left join lateral (
    select revision, document from competition_revisions where competition_id = c.id order by revision desc limit 1
) r on true
where c.slug = :slug
for no key update of c;

-- name: lock_phases(competition_id)!
-- Locks the phases of a competition. Submitting locks a phase, too: so new submissions wait, and earlier ones are visible
-- once the lock is held.
select from phases where competition_id = :competition_id order by id for no key update;

-- name: used_phases(competition_id)
-- The phases of a competition that scores depend on.
select p.name from phases p
where p.competition_id = :competition_id and p.kind = 'competition'
    and exists (select from submissions s where s.phase_id = p.id);

-- name: ended_phases(competition_id)
-- The phases of a competition that were reopened, or whose generalization losses were revealed.
select p.name, r.at as reopened_at, g.revealed_at, now() as now
from phases p
left join reopenings r on r.phase_id = p.id
left join generalization_reveals g on g.phase_id = p.id
where p.competition_id = :competition_id and (r.at is not null or g.revealed_at is not null);

-- name: current_boxes(competition_id)
-- The black boxes of a competition, and whether studies were or will be run on them.
select
    b.label, b.family, b.model, b.dataset, b.metric, b.best, b.test_case, b.dataset_sha256,
    exists (
        select from phase_boxes pb join submissions s on s.phase_id = pb.phase_id where pb.box_id = b.id
    ) as is_used
from black_boxes b where b.competition_id = :competition_id order by b.label;

-- name: list_datasets(slug, after, after_sha256, size)
-- A page of the organizer's own data sets that are stored for a competition.
select name, blob_sha256, n_rows, n_features, created_at from datasets
where competition_slug = :slug and (:after::text is null or (name, blob_sha256) > (:after, :after_sha256::text))
order by name, blob_sha256
limit :size;

-- name: put_dataset(slug, name, blob_sha256, n_rows, n_features)!
-- Records a data set that was checked and whose file is stored.
insert into datasets (competition_slug, name, blob_sha256, n_rows, n_features)
values (:slug, :name, :blob_sha256, :n_rows, :n_features)
on conflict do nothing;

-- name: insert_revision(competition_id, document, code_version)$
-- Adds the next revision of a competition.
insert into competition_revisions (competition_id, revision, document, code_version)
select :competition_id, coalesce(max(revision), 0) + 1, :document, :code_version
from competition_revisions where competition_id = :competition_id
returning revision;

-- name: list_revisions(competition_id, before, size)
-- A page of a competition's revisions, the newest first.
select revision, code_version, created_at, document from competition_revisions
where competition_id = :competition_id and (:before::integer is null or revision < :before)
order by revision desc
limit :size;

-- name: last_document(competition_id)$
-- The document of a competition's last revision.
select document from competition_revisions where competition_id = :competition_id order by revision desc limit 1;

-- name: clear_unused(competition_id, names)!
-- Deletes the phases without submissions that are no longer wanted. Other phases without submissions lose their black
-- boxes, which are then added anew.
with gone as (
    delete from phases p
    where p.competition_id = :competition_id and p.kind = 'competition' and p.name <> all (:names::text[])
        and not exists (select from submissions s where s.phase_id = p.id)
)
delete from phase_boxes pb using phases p
where p.id = pb.phase_id and p.competition_id = :competition_id and p.kind = 'competition'
    and not exists (select from submissions s where s.phase_id = p.id);

-- name: clear_unused_boxes(competition_id)!
-- Deletes the black boxes without studies; those that are wanted are then added anew.
delete from black_boxes b
where b.competition_id = :competition_id and not exists (select from phase_boxes pb where pb.box_id = b.id)
    and not exists (select from shards sh where sh.box_id = b.id);

-- name: upsert_box(competition_id, label, family, model, dataset, metric, best, dataset_sha256)!
-- Adds a black box under its opaque label. Its signature is known if any competition has had this black box with the
-- same data file; what an organizer's own family calls by one name may be another problem elsewhere.
insert into black_boxes (competition_id, label, family, model, dataset, metric, best, dataset_sha256, signature)
values (:competition_id, :label, :family, :model, :dataset, :metric, :best, :dataset_sha256, (
    select signature from black_boxes
    where family = 'sklearn' and :family = 'sklearn' and model = :model and dataset = :dataset and metric = :metric
        and dataset_sha256 is not distinct from :dataset_sha256 and signature is not null
    limit 1
))
on conflict (competition_id, label) do update set best = excluded.best;

-- name: upsert_phase(competition_id, name, position, visibility, baseline_id, n_calls, n_suggestions, studies_per_box, studies_per_shard, limits, opens_at, closes_at, attempts_per_day, scored_per_day, active_submissions, practice, counting, priority, environments, cpus, parameter_names, runtime)$
-- Creates or changes a phase; forbidden changes were refused before.
insert into phases (
    competition_id, name, position, visibility, baseline_id, n_calls, n_suggestions, studies_per_box,
    studies_per_shard, limits, opens_at, closes_at, attempts_per_day, scored_per_day, active_submissions, practice,
    counting, priority, environments, cpus, parameter_names, runtime
)
values (
    :competition_id, :name, :position, :visibility, :baseline_id, :n_calls, :n_suggestions, :studies_per_box,
    :studies_per_shard, :limits, :opens_at, :closes_at, :attempts_per_day, :scored_per_day, :active_submissions,
    :practice, :counting, :priority, :environments, :cpus, :parameter_names, :runtime
)
on conflict (competition_id, name) where kind = 'competition' do update set
    position = excluded.position, visibility = excluded.visibility, baseline_id = excluded.baseline_id,
    n_calls = excluded.n_calls, n_suggestions = excluded.n_suggestions, studies_per_box = excluded.studies_per_box,
    studies_per_shard = excluded.studies_per_shard, limits = excluded.limits, opens_at = excluded.opens_at,
    closes_at = excluded.closes_at, attempts_per_day = excluded.attempts_per_day,
    scored_per_day = excluded.scored_per_day, active_submissions = excluded.active_submissions,
    practice = excluded.practice, counting = excluded.counting, priority = excluded.priority,
    environments = excluded.environments, cpus = excluded.cpus, parameter_names = excluded.parameter_names,
    runtime = excluded.runtime
returning id;

-- name: put_phase_boxes(phase_id, competition_id, labels)!
-- Gives a phase its black boxes.
insert into phase_boxes (phase_id, box_id)
select :phase_id, id from black_boxes where competition_id = :competition_id and label = any (:labels::text[])
on conflict do nothing;

-- name: reported_environments()
-- The environments that runners have reported, with the digests of their images.
select distinct e.key as name, e.value as digest from runners r cross join lateral jsonb_each_text(r.environments) e;

-- name: reported_families()
-- The problem families that runners have reported; Bayesmark's own is with all of them.
select 'sklearn' as name where exists (select from runners)
union
select jsonb_object_keys(families) from runners;
