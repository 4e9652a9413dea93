-- A competition has revisions and data sets; executions say what ran them.
insert into competition_revisions (competition_id, revision, document, code_version) values (
    'c0000000-0000-4000-8000-000000000001', 1, '{}', 'abc'
);
insert into datasets (competition_slug, name, blob_sha256, n_rows, n_features) values ('old', 'clf-own', repeat('e', 64), 9, 2);
update submissions set revision = 1, chosen = state = 'scored';
update executions set taken_at = now(), cpu_s = 1.5, memory_peak_bytes = 1000000, provenance = '{
    "optimizer_image": "sha256:1", "blackbox_image": "sha256:2", "code_version": "abc", "runtime": "runc"
}';
