-- migrate:up

-- A problem of a family other than Bayesmark's own has one name, in `model`, and neither a data set nor a metric.
alter table black_boxes add column family text not null default 'sklearn';
alter table black_boxes add column best double precision;
comment on column black_boxes.family is 'The problem family that it is of.';
comment on column black_boxes.best is 'The known optimum of its visible loss, where the family knows it.';
alter table black_boxes drop column test_case;
alter table black_boxes add column test_case text not null generated always as (
    case when dataset = '' and metric = '' then model else model || '_' || dataset || '_' || metric end
) stored;
comment on column black_boxes.test_case is 'The name of the test problem, as in baseline_boxes.test_case.';

alter table shards add column family text not null default 'sklearn';
comment on column shards.family is 'The problem family of its black box, which a runner must have.';

alter table runners add column families jsonb not null default '{}';
comment on column runners.families is 'The problem families that it has besides Bayesmark''s own: the digest of the image by name.';

create view phase_families as
select distinct pb.phase_id, b.family from phase_boxes pb join black_boxes b on b.id = pb.box_id;
comment on view phase_families is 'The problem families of the black boxes of each phase.';
grant select on phase_families to arena_dispatcher, arena_gateway;

-- migrate:down
