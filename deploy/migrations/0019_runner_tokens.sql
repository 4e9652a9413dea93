-- migrate:up
-- A runner without the gateway's disk fetches zips and data sets over HTTP, with a token that allows nothing else.
alter table tokens drop constraint tokens_role_check;
alter table tokens add constraint tokens_role_check check (role in ('organizer', 'team', 'runner'));

-- migrate:down
