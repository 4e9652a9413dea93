-- What the studies of a submission came from is summed up.
insert into provenances (submission_id, ran_by, scored_by, studies) values (
    '50000000-0000-4000-8000-000000000001',
    '{"optimizer_image": "sha256:1", "blackbox_image": "sha256:2", "code_version": "abc", "runtime": "runc"}', 'abc', 2
);
