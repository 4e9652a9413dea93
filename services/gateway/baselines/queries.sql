-- name: insert_baseline(name, source, document)^
-- Adds the next version of a baseline set.
insert into baselines (name, version, source, document)
select :name, coalesce(max(version), 0) + 1, :source, :document from baselines where name = :name
returning id, version;

-- name: insert_baseline_boxes(baseline_id, test_cases, objectives, clips, bests, iterations, signatures)!
-- Adds what scoring needs of a baseline set; `signatures` has five numbers for each entry, one entry after the other.
insert into baseline_boxes (baseline_id, test_case, objective, clip, best, iterations, signature)
select
    :baseline_id, test_case, objective, clip, best, :iterations,
    (:signatures::double precision[])[5 * (number - 1) + 1 : 5 * number]
from unnest(:test_cases::text[], :objectives::text[], :clips::double precision[], :bests::double precision[])
    with ordinality as new (test_case, objective, clip, best, number);

-- name: list_baselines(after, after_version, size)
-- A page of the baseline sets, without their documents.
select name, version, source, created_at from baselines
where :after::text is null or (name, version) > (:after, :after_version::integer)
order by name, version
limit :size;

-- name: find_baseline(name, version)^
-- A version of a baseline set, or its newest if none is given.
select id, name, version from baselines
where name = :name and (:version::integer is null or version = :version)
order by version desc limit 1;

-- name: find_document(name, version)$
-- The document of a version of a baseline set, or of its newest if none is given.
select document from baselines
where name = :name and (:version::integer is null or version = :version)
order by version desc limit 1;

-- name: list_baseline_versions()
-- Every version of every baseline set.
select id, name, version from baselines;

-- name: baseline_test_cases(baseline_id)
-- The test cases that a baseline set covers, and for how many iterations.
select distinct test_case, iterations from baseline_boxes where baseline_id = :baseline_id;

-- name: baseline_nodes(competition_id, purposes)
-- The latest organizer run for each purpose and black box.
select distinct on (t.purpose, t.document -> 'boxes' ->> 0)
    t.purpose, t.document -> 'boxes' ->> 0 as box, t.key, s.id as submission_id, s.state, s.verdict,
    s.studies_done, s.studies_total, t.created_at as asked_at
from organizer_runs t join submissions s on s.id = t.submission_id
where t.competition_id = :competition_id and t.purpose = any (:purposes::text[])
order by t.purpose, t.document -> 'boxes' ->> 0, t.created_at desc;

-- name: newest_built_baseline(slug)^
-- The newest baseline set that was built from this competition's organizer runs, and the keys of those.
select
    name, version, document -> 'meta' -> 'provenance' ->> 'key' as key,
    array(
        select json_array_elements(document -> 'meta' -> 'provenance' -> 'curves') ->> 'key'
    ) as nodes
from baselines
where document -> 'meta' -> 'provenance' ->> 'competition' = :slug
order by created_at desc limit 1;
