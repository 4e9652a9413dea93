-- migrate:up

-- Which trace a submission belongs to, kept where its work is found again: a message only says "look". The roles of services
-- have their rights to both tables as a whole, so they have them to these columns, too.
alter table submissions add column traceparent text;
comment on column submissions.traceparent is 'The W3C traceparent of the request that made it; none if it is older than traces.';

alter table outbox add column traceparent text, add column created_at timestamptz not null default clock_timestamp();
comment on column outbox.traceparent is 'Crosses in the header of the message.';

-- migrate:down
