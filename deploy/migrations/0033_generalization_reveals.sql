-- migrate:up

create table generalization_reveals (
    phase_id uuid primary key references phases on delete cascade,
    revealed_at timestamptz not null default now(),
    revealed_by text not null
);
comment on table generalization_reveals is
    'The phases of which everybody may see what the generalization losses say. What was shown cannot be taken back.';
grant select, insert on generalization_reveals to arena_gateway;

-- migrate:down
