-- migrate:up

-- Services wait for the newest migration that they know of.
grant select on schema_migrations to arena_gateway, arena_dispatcher, arena_aggregator;

alter table runners add column memory_bytes bigint;
comment on column runners.memory_bytes is 'What it has for studies; null is a runner that does not say.';

-- What one study of the phase takes in both containers, as the class of its shards says it: `shared/shard_class.py` computes
-- the same, and a test compares. It is generated, so that a gateway that does not know of it writes it as well.
create function study_memory_mib(limits jsonb) returns integer
language sql immutable parallel safe
return (
    -- The black box's 4 GiB, and the optimizer's limit, rounded up to 2, 4, 8, ... GiB.
    select 4096 + 1024 * (1 << greatest(1, ceil(log(2, gib) - 1e-9)::integer))
    from (
        select ceil(greatest(1, (limits ->> 'memory_limit_bytes')::numeric / 1073741824)) as gib
    ) as rounded
);
grant execute on function study_memory_mib(jsonb) to arena_gateway, arena_dispatcher, arena_aggregator;
alter table phases add column memory_mib integer not null generated always as (study_memory_mib(limits)) stored;
comment on column phases.memory_mib is 'MiB that a study takes, rounded up; part of the class of its shards.';

-- migrate:down
