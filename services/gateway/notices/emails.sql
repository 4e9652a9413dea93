-- name: queue_email(recipient, subject, body, unsubscribe_url)!
-- Adds an e-mail to the transaction that changes what it tells.
insert into emails (recipient, subject, body, unsubscribe_url) values (:recipient, :subject, :body, :unsubscribe_url);

-- name: forget_emails(recipient)!
-- Deletes the e-mails to an address.
delete from emails where recipient = :recipient;

-- name: take_due(batch, lease_s)
-- Takes the e-mails that are due; they are due again after so long, should this gateway die meanwhile.
update emails set attempts = attempts + 1, not_before = now() + make_interval(secs => :lease_s)
where id in (
    select id from emails where failed_at is null and not_before <= now()
    order by not_before limit :batch
    for update skip locked
)
returning id, recipient, subject, body, unsubscribe_url, attempts, created_at;

-- name: delete_sent(id)!
-- Deletes an e-mail that was sent.
delete from emails where id = :id;

-- name: put_off(id, problem, wait_s)!
-- Lets an e-mail wait for its next attempt.
update emails set problem = :problem, not_before = now() + make_interval(secs => :wait_s)
where id = :id and failed_at is null;

-- name: give_up(id, problem)!
-- Keeps of an e-mail that it was not sent, without its text.
update emails set failed_at = now(), problem = :problem, body = '', unsubscribe_url = null
where id = :id and failed_at is null;

-- name: delete_old_failures(days)!
-- Deletes what is known of e-mails that were given up long ago.
delete from emails where failed_at < now() - make_interval(days => :days);

-- name: count_emails()^
-- How many e-mails wait, since when, and how many were given up.
select
    count(*) filter (where failed_at is null)::integer as waiting,
    coalesce(extract(epoch from now() - min(created_at) filter (where failed_at is null)), 0)::float8 as age_s,
    count(failed_at)::integer as failed
from emails;

-- name: list_failed(after, after_id, size)
-- A page of the e-mails that were given up, the newest first.
select id, recipient, subject, attempts, created_at, failed_at, problem
from emails
where failed_at is not null and (:after::timestamptz is null or (failed_at, id) < (:after, :after_id))
order by failed_at desc, id desc
limit :size;
