-- migrate:up

alter table runners add column environments jsonb not null default '{}';
comment on column runners.environments is 'Those that it can run: the digest of the image by name.';
comment on column runners.slots is 'Studies that it runs side by side, each on a CPU of its own.';

alter table shards add column unserved text;
comment on column shards.unserved is 'Why no runner could take it, where that made it an incident; it goes on by itself when one can.';
grant update (unserved) on shards to arena_gateway;

-- migrate:down
