-- name: insert_baseline(name, source, document)^
-- A new version of a baseline set.
insert into baselines (name, version, source, document)
select :name, coalesce(max(version), 0) + 1, :source, :document from baselines where name = :name
returning id, version;

-- name: insert_baseline_boxes(baseline_id, test_cases, objectives, clips, bests, iterations, signatures)!
-- What scoring needs of a baseline set; signatures have five numbers each, one after the other.
insert into baseline_boxes (baseline_id, test_case, objective, clip, best, iterations, signature)
select
    :baseline_id, test_case, objective, clip, best, :iterations,
    (:signatures::double precision[])[5 * (number - 1) + 1 : 5 * number]
from unnest(:test_cases::text[], :objectives::text[], :clips::double precision[], :bests::double precision[])
    with ordinality as new (test_case, objective, clip, best, number);

-- name: list_baselines()
-- All baseline sets, without their documents.
select name, version, source, created_at from baselines order by name, version;

-- name: find_baseline(name, version)^
-- A baseline set; its newest version when none is given.
select id, name, version, document from baselines
where name = :name and (:version::integer is null or version = :version)
order by version desc limit 1;

-- name: list_baseline_versions()
-- Every version of every baseline set as a document names it.
select id, name, version, name || '@' || version as baseline from baselines;

-- name: baseline_test_cases(baseline_id)
-- The test cases that a baseline set covers.
select distinct test_case, iterations from baseline_boxes where baseline_id = :baseline_id;
