-- migrate:up

alter table competitions add column description text not null default '';
comment on column competitions.description is 'What the competition''s page says of it, in Markdown.';

-- migrate:down
