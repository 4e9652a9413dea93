-- migrate:up

-- Organizers look for the executions that did not end well, which are few.
create index executions_not_done on executions (released_at desc, shard_id, attempt) where outcome <> 'done';

-- migrate:down
