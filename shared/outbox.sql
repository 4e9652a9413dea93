-- name: is_outbox_filled()$
-- Whether there is a message to publish.
select exists (select from outbox);

-- name: take_outbox(batch)
-- Takes the oldest messages; they are gone when the transaction commits, after the broker has confirmed them.
delete from outbox
where id in (select id from outbox order by id limit :batch for update skip locked)
returning id, routing_key, body, traceparent, extract(epoch from clock_timestamp() - created_at)::float8 as age_s;

-- name: put_outbox(keys, bodies, traceparents)!
-- Adds messages to the transaction that changes what they announce.
insert into outbox (routing_key, body, traceparent)
select * from unnest(:keys::text[], :bodies::text[], :traceparents::text[]);
