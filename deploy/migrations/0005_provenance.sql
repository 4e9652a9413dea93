-- migrate:up

create table provenances (
    submission_id uuid not null references submissions on delete cascade,
    ran_by jsonb not null,
    scored_by text not null,
    studies integer not null,
    primary key (submission_id, ran_by, scored_by)
);
comment on table provenances is
    'What the studies of a submission came from: the digests of the images and the version of the runner''s code (empty where '
    'the runner did not say), and the version of the code that scored them; a fatal end counts as no study.';
insert into provenances (submission_id, ran_by, scored_by, studies)
select sh.submission_id, e.provenance, '', count(st.study)
from executions e
join shards sh on sh.id = e.shard_id
left join studies st on st.shard_id = e.shard_id and st.attempt = e.attempt
where e.provenance is not null
group by sh.submission_id, e.provenance;

-- migrate:down
